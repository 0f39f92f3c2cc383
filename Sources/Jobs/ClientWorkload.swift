import Datasets
import Training

/// What a client trains in one round, over all its local epochs.
public struct ClientWorkload: Equatable, Sendable {
  public var steps = 0
  /// By modality; each gives two views.
  public var samples: [String: Int] = [:]

  public var views: Int { 2 * samples.values.reduce(0, +) }

  /// - Parameter counts: the client's samples by modality.
  public init(counts: [String: Int], _ options: TrainingOptions) {
    for (modality, count) in counts {
      steps += options.localEpochs * EpochPlan.steps(of: count, options)
      samples[modality] = options.localEpochs * EpochPlan.used(of: count, options)
    }
  }

  private init() {}

  /// Of every client of a cut of a job's data, by id.
  public static func all(_ job: Job, _ cut: [String: Partition]) -> [ClientWorkload] {
    (0..<job.clients.count).map { client in
      ClientWorkload(counts: cut.mapValues { $0.count(client) }, job.training)
    }
  }

  public static let none = ClientWorkload()

  public static func += (sum: inout ClientWorkload, other: ClientWorkload) {
    sum.steps += other.steps
    sum.samples.merge(other.samples, uniquingKeysWith: +)
  }
}
