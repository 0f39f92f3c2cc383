import Datasets
import Training

/// What a client trains in one round, over all its local epochs.
public struct ClientWorkload: Equatable, Sendable {
  public var steps = 0
  /// By modality; each gives so many views.
  public var samples: [String: Int] = [:]
  /// The method's.
  public private(set) var viewsOfASample = 2

  public var views: Int { viewsOfASample * samples.values.reduce(0, +) }

  /// - Parameters:
  ///   - counts: the client's samples by modality.
  ///   - views: that the method makes of a sample.
  public init(counts: [String: Int], views: Int, _ options: TrainingOptions) {
    viewsOfASample = views
    for (modality, count) in counts {
      steps += options.localEpochs * EpochPlan.steps(of: count, options)
      samples[modality] = options.localEpochs * EpochPlan.used(of: count, options)
    }
  }

  private init() {}

  /// Of every client of a cut of a job's data, by id.
  public static func all(_ job: Job, _ cut: [String: Partition]) -> [ClientWorkload] {
    (0..<job.clients.count).map { client in
      ClientWorkload(
        counts: cut.mapValues { $0.count(client) }, views: job.model.method.rowsPerSample,
        job.training)
    }
  }

  public static let none = ClientWorkload()

  public static func += (sum: inout ClientWorkload, other: ClientWorkload) {
    sum.viewsOfASample = other.viewsOfASample
    sum.steps += other.steps
    sum.samples.merge(other.samples, uniquingKeysWith: +)
  }
}
