import Datasets
import Layers
import Tensors
import Training
import Views

/// Samples of one modality with their classes, as training draws them.
public protocol LabelledSamples: AnyObject {
  var modality: String { get }
  /// A class for each sample.
  var labels: [Int32] { get }

  /// One view of each of these samples, as training sees them in `epoch` (from 0).
  func draw(_ samples: [Int], epoch: Int, into views: FeatureMap, _ engine: Engine) throws
}

/// Rows of a split of a sample store, read when they are needed.
public final class StoreSamples: LabelledSamples {
  /// Which view of a sample training sees.
  public enum Kind: Sendable {
    /// A random one, keyed by seed, epoch and sample.
    case random(seed: UInt64)
    /// That of evaluation, the same in every epoch.
    case fixed
  }

  public let modality: String
  public let labels: [Int32]
  private let store: SampleStore
  private let split: String
  private let rows: [Int]
  private let makers: [any ViewMaker]
  private let kind: Kind

  /// - Parameters:
  ///   - rows: of the split; their order is that of the samples.
  ///   - makers: one for each thread.
  public init(
    _ store: SampleStore, modality: String, split: String, rows: [Int], makers: [any ViewMaker],
    kind: Kind
  ) throws {
    self.store = store
    self.modality = modality
    self.split = split
    self.rows = rows
    self.makers = makers
    self.kind = kind
    let all = try store.labels(modality, split: split)
    labels = rows.map { all[$0] }
  }

  public func draw(
    _ samples: [Int], epoch: Int, into views: FeatureMap, _ engine: Engine
  ) throws {
    // Ascending rows are read fastest.
    let order = samples.indices.sorted { rows[samples[$0]] < rows[samples[$1]] }
    let set = try store.load(
      modality, split: split, indices: order.map { rows[samples[$0]] })
    // Where each sample lies among those that were read.
    var places = [Int](repeating: 0, count: order.count)
    for (place, index) in order.enumerated() { places[index] = place }
    engine.eachImage(of: views) { [places] index, thread, view in
      set.withSample(places[index]) { sample in
        switch kind {
        case .random(let seed):
          var random = Self.stream(seed, modality, epoch: epoch, sample: samples[index])
          makers[thread].trainingView(of: sample, random: &random, into: view)
        case .fixed: makers[thread].evaluationView(of: sample, into: view)
        }
      }
    }
  }

  /// Rounds of pretraining count from 1: its views have other streams.
  public static func stream(
    _ seed: UInt64, _ modality: String, epoch: Int, sample: Int
  ) -> RandomStream {
    RandomStream(
      seed: seed, purpose: .firstView, round: 0, client: 0, epoch: epoch,
      sample: streamIndex(modality, sample))
  }
}
