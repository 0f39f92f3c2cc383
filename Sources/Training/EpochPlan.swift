import Tensors

/// The batches of one epoch of one client: each of one modality, each sample at most once.
///
/// Everything random is keyed by (seed, round, client, epoch), so the plan is the same wherever the
/// client trains.
public struct EpochPlan {
  public struct Batch: Equatable, Sendable {
    public let modality: String
    public let samples: [Int]
  }

  public let batches: [Batch]

  /// A rest of fewer samples than this makes no batch, unless it is all there is.
  public static let smallestRest = 16

  /// - Parameters:
  ///   - counts: samples by modality, in the catalogue's order (images before sounds).
  ///   - round: counted from 1; `epoch` from 0.
  public init(
    counts: [(modality: String, count: Int)], options: TrainingOptions, seed: UInt64, round: Int,
    client: Int, epoch: Int
  ) {
    let queues = counts.map { modality, count in
      var random = RandomStream(
        seed: seed, purpose: .shuffle, round: round, client: client, epoch: epoch,
        sample: streamIndex(modality, 0))
      return Self.cut(random.permutation(count), options).map {
        Batch(modality: modality, samples: $0)
      }
    }
    switch options.order {
    case .alternate:
      let longest = queues.map(\.count).max() ?? 0
      batches = (0..<longest).flatMap { index in
        queues.compactMap { index < $0.count ? $0[index] : nil }
      }
    case .first(let modality): batches = Self.first(modality, queues)
    case .random:
      let all = queues.flatMap { $0 }
      var random = RandomStream(
        seed: seed, purpose: .batchOrder, round: round, client: client, epoch: epoch)
      batches = random.permutation(all.count).map { all[$0] }
    }
  }

  /// How many of a client's samples of one modality an epoch uses: all that make a batch.
  public static func used(of count: Int, _ options: TrainingOptions) -> Int {
    let rest = count % options.batch
    let worthwhile =
      rest >= options.smallestBatch && (rest >= smallestRest || rest == count)
    return options.lastBatch == .keep && worthwhile ? count : count - rest
  }

  /// The batches that an epoch makes of so many samples of one modality.
  public static func steps(of count: Int, _ options: TrainingOptions) -> Int {
    (used(of: count, options) + options.batch - 1) / options.batch
  }

  private static func cut(_ order: [Int], _ options: TrainingOptions) -> [[Int]] {
    let used = used(of: order.count, options)
    return stride(from: 0, to: used, by: options.batch).map {
      Array(order[$0..<min($0 + options.batch, used)])
    }
  }

  private static func first(_ modality: String, _ queues: [[Batch]]) -> [Batch] {
    queues.filter { $0.first?.modality == modality }.flatMap { $0 }
      + queues.filter { $0.first?.modality != modality }.flatMap { $0 }
  }
}

/// The number under which a modality's sample keys its random stream: samples of two modalities
/// with the same index draw different numbers.
public func streamIndex(_ modality: String, _ sample: Int) -> Int {
  (streamKey(modality) >> 1) << 32 | sample
}
