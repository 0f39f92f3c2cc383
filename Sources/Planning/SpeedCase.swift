import Catalogues
import Encoders
import Jobs
import Methods
import Training
import Views

/// What a plan needs to know of a machine: the seconds of one piece of work, on one core unless it
/// says otherwise.
public enum SpeedCase: Hashable, Sendable {
  /// A training step of `batch` samples, views apart.
  case step(StepCase, batch: Int, threads: Int)
  /// A training view.
  case view(ViewCase)
  /// A sample through the encoder in inference, with its evaluation views.
  case embedding(encoder: Settings, ViewCase)
  /// A supervised step of the whole network on `samples` samples, views apart.
  case tuning(encoder: Settings, samples: Int)
  /// A step of a linear layer on features.
  case probe(dimension: Int, classes: Int, batch: Int, optimizer: Settings)
  /// A query's comparison with one feature of the bank.
  case neighbour(dimension: Int)
  /// A multiplication and addition of a product in Float64.
  case product

  /// A plug-in with its options, and both in few words.
  public struct Settings: Hashable, Sendable {
    public let tree: Tree
    public let name: String

    init<Product>(_ settings: Tree, of catalogue: Catalogue<Product>) throws {
      tree = settings
      name = try shortName(settings, of: catalogue)
    }
  }

  /// All of a step but its size.
  public struct StepCase: Hashable, Sendable {
    public let encoder: Settings
    public let method: Settings
    public let areViewsJoined: Bool
    public let recomputes: Bool
    /// Views that a batch has for each sample.
    public let views: Int
    /// Of the views; no network of today takes longer for one than for another.
    let modality: String

    init(_ job: Job) throws {
      encoder = try Settings(job.section("encoder"), of: encoders)
      method = try Settings(job.section("method"), of: methods)
      areViewsJoined = job.training.views == .joined
      recomputes = job.training.recompute
      views = job.model.method.rowsPerSample
      modality = job.modalityNames[0]
    }

    /// "resnet18, simclr".
    public var title: String {
      "\(encoder.name), \(method.name)" + (areViewsJoined ? ", views joined" : "")
        + (recomputes ? ", recompute" : "")
    }
  }

  /// A view: of what sample, how, and of what shape.
  public struct ViewCase: Hashable, Sendable {
    public let modality: Settings
    /// One dense sample's shape, or [length].
    public let sample: [Int]
    public let side: Int
    public let channels: Int

    /// "image of 64x64x3 to 128x128x3".
    public var title: String {
      "\(modality.name) of \(sample.map(String.init).joined(separator: "x")) "
        + "to \(side)x\(side)x\(channels)"
    }
  }

  /// What it is called in a file of speeds.
  public var key: String {
    switch self {
    case .step(let step, let batch, let threads):
      "step: \(step.title), \(step.views) x \(counted(batch, "view")), \(counted(threads, "thread"))"
    case .view(let view): "view: \(view.title)"
    case .embedding(let encoder, let view): "embedding: \(encoder.name), \(view.title)"
    case .tuning(let encoder, let samples): "fine-tuning step: \(encoder.name), \(samples) samples"
    case .probe(let dimension, let classes, let batch, let optimizer):
      "linear step: \(dimension) values, \(classes) classes, \(batch) samples"
        + (optimizer.tree["name"] == .text(SGD.name) ? "" : ", \(optimizer.name)")
    case .neighbour(let dimension): "neighbour: \(dimension) values"
    case .product: "product in Float64"
    }
  }

  /// In the order of a table.
  var rank: Int {
    switch self {
    case .step: 0
    case .view: 1
    case .embedding: 2
    case .neighbour: 3
    case .probe: 4
    case .tuning: 5
    case .product: 6
    }
  }
}
