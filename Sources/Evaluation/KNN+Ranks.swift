import Catalogues
import Layers
import MessagePassing
import Tensors

extension KNN {
  /// Queries between two looks at whether to end, for each thread: some seconds of work with the
  /// largest banks.
  private static let part = 2048

  /// The predicted class of each query on rank 0, which has the bank and the queries; none
  /// elsewhere. A collective. Throws `WorkStopped` where a rank is asked to end.
  ///
  /// - Parameters:
  ///   - bank: [labels.count, dimension] on rank 0.
  ///   - queries: [count, dimension] on rank 0.
  ///   - count: the same on all ranks, as are the threads of their engines.
  public func predict(
    bank: [Float], labels: [Int32], queries: [Float], count: Int, classes: Int, _ engine: Engine,
    _ communicator: Communicator, isStopped: () -> Bool
  ) throws -> [Int32] {
    var predicted: [Int32] = []
    let dimension = bank.count / labels.count
    let scales = bank.withUnsafeBufferPointer { $0.isEmpty ? [] : inverseNorms($0, dimension) }
    for range in (0..<count).pieces(of: Self.part * engine.threads) {
      try communicator.continueUnless(isStopped)
      try communicator.agreeOnRoot {
        predicted += queries.withUnsafeBufferPointer { queries in
          bank.withUnsafeBufferPointer { bank in
            predict(
              bank: bank, scales: scales, labels: labels,
              queries: UnsafeBufferPointer(
                rebasing: queries[range.lowerBound * dimension..<range.upperBound * dimension]),
              dimension: dimension, classes: classes, engine)
          }
        }
      }
    }
    return predicted
  }

  /// Bytes that rank 0 holds for this: the features, twice while they are gathered, and each
  /// query's candidates.
  public func bytes(bank: Int, queries: Int, dimension: Int, threads: Int) -> Int {
    let features = clippedProduct(2, bank + queries, dimension, MemoryLayout<Float>.stride)
    let candidates = clippedProduct(
      min(Self.part * threads, queries), 2 * min(k, bank) + 1, MemoryLayout<Neighbour>.stride)
    return clippedSum(features, candidates)
  }
}
