import Datasets
import MessagePassing
import Tensors
import Views

extension Embedder {
  /// Samples that a rank has in memory at a time, and has embedded when it asks whether to end:
  /// bounds the memory and the wait, not the result.
  private static var batch: Int { 256 }

  /// Features of these rows of a store on rank 0, empty elsewhere: each rank embeds its part. A
  /// collective. Throws `WorkStopped` where a rank is asked to end.
  /// - Parameters:
  ///   - makers: one for each thread.
  ///   - random: the stream of a row's training view; its evaluation views where there is none.
  public func embed(
    _ store: SampleStore, _ modality: String, split: String, rows: [Int],
    _ makers: [any ViewMaker], _ model: ParameterVector, _ communicator: Communicator,
    isStopped: () -> Bool, random: ((_ place: Int) -> RandomStream)? = nil
  ) throws -> [Float] {
    try Self.parts(of: 0..<rows.count, communicator).flatMap { part in
      try communicator.continueUnless(isStopped)
      return try embedPart(
        store, modality, split: split, rows: rows, part, makers, model, communicator,
        random: random)
    }
  }

  /// Places, cut into what ranks embed before one asks again whether to end.
  public static func parts(of places: Range<Int>, _ communicator: Communicator) -> [Range<Int>] {
    places.pieces(of: batch * communicator.size)
  }

  /// The same of one part.
  public func embedPart(
    _ store: SampleStore, _ modality: String, split: String, rows: [Int], _ part: Range<Int>,
    _ makers: [any ViewMaker], _ model: ParameterVector, _ communicator: Communicator,
    random: ((_ place: Int) -> RandomStream)? = nil
  ) throws -> [Float] {
    func bound(_ rank: Int) -> Int { part.lowerBound + part.count * rank / communicator.size }
    let places = bound(communicator.rank)..<bound(communicator.rank + 1)
    let own = try communicator.agree { () -> [Float] in
      guard !places.isEmpty else { return [] }
      let samples = try store.load(modality, split: split, indices: Array(rows[places]))
      guard let random else { return embed(samples, makers, model) }
      return embed(samples, makers, model) { random(places.lowerBound + $0) }
    }
    return try communicator.gather(own)?.flatMap { $0 } ?? []
  }
}
