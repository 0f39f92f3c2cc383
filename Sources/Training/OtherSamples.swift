import Tensors

/// Samples of a client in a second order, for losses that compare a batch with others: each
/// modality's are drawn without putting back until all were, and then anew.
struct OtherSamples {
  private var queues: [(modality: String, count: Int, rest: ArraySlice<Int>)]
  private var random: RandomStream

  /// - Parameters:
  ///   - counts: samples by modality, in the catalogue's order.
  ///   - round: counted from 1; `epoch` from 0.
  init(
    counts: [(modality: String, count: Int)], seed: UInt64, round: Int, client: Int, epoch: Int
  ) {
    queues = counts.map { ($0.modality, $0.count, []) }
    random = RandomStream(
      seed: seed, purpose: .otherSamples, round: round, client: client, epoch: epoch)
  }

  /// The next ones of a modality, which has some.
  mutating func next(_ count: Int, of modality: String) -> [Int] {
    guard let index = queues.firstIndex(where: { $0.modality == modality }) else {
      preconditionFailure("no samples of \(modality)")
    }
    return (0..<count).map { _ in
      if queues[index].rest.isEmpty {
        queues[index].rest = random.permutation(queues[index].count)[...]
      }
      return queues[index].rest.removeFirst()
    }
  }
}
