import Catalogues
import Layers
import Tensors

/// A self-supervised method: what it adds to an encoder, and the loss of a batch's views.
///
/// A method is one file and one line in `methods`. One that only compares projections, as SimCLR,
/// has a `loss` and nothing else; all other requirements have defaults.
public protocol Method: Sendable {
  /// How many views of each sample a batch holds.
  var views: Int { get }

  /// Adds the method's own parameters (a predictor) behind the encoder's and remembers where they
  /// are. Throws `ConfigurationError` where the encoder's outputs do not fit.
  /// - Parameters:
  ///   - features: columns of the encoder's features.
  ///   - projection: columns of its projection.
  mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws

  /// Fresh values for what `extend` added, from streams keyed by `seed`.
  func initialise(_ parameters: ParameterVector, seed: UInt64)

  /// The rule of a second network that views go through as well; nil where there is none.
  var target: TargetRule? { get }

  /// What lives during one client's training, as a queue of earlier projections; nil for nothing.
  /// - Parameters:
  ///   - projection: columns of the encoder's projection.
  ///   - modalities: those that batches may have, in the catalogue's order.
  ///   - pool: the memory of a training step. What is taken from it here is taken once, and the
  ///     memory plan sees it.
  func makeMemory(
    projection: Int, modalities: [String], _ pool: BufferPool
  ) -> (any MethodMemory)?

  /// The loss of one batch, and its gradient with respect to the encoder's outputs. The gradient
  /// of the method's own parameters is added to `batch.gradient`.
  func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss
}

extension Method {
  public var views: Int { 2 }
  public mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws {}
  public func initialise(_ parameters: ParameterVector, seed: UInt64) {}
  public var target: TargetRule? { nil }
  public func makeMemory(
    projection: Int, modalities: [String], _ pool: BufferPool
  ) -> (any MethodMemory)? { nil }
}

/// What a method keeps from step to step while one client trains, and no longer.
public protocol MethodMemory: AnyObject {
  /// Forgets the client before; what the next one begins with comes from `random` alone.
  func reset(_ random: inout RandomStream)
}

/// What a loss is computed of. Rows are ordered by view, then by sample: the first views of all
/// samples, then the second views of the same samples, and so on.
public struct MethodBatch {
  /// The modality that all samples have.
  public let modality: String
  /// Views of each sample.
  public let views: Int
  /// The encoder's features, [views · samples, features].
  public let features: Matrix
  /// The encoder's projections, [views · samples, projection].
  public let projection: Matrix
  /// The target network's projections of the same views, where the method has a target.
  public let target: Matrix?
  /// The model. Of the method's own entries a loss changes running statistics alone, by passing
  /// their layers; all others are for reading here.
  public let parameters: ParameterVector
  /// Where the gradient of the method's own entries is added.
  public let gradient: ParameterVector
  /// What `makeMemory` made, as the steps before have left it.
  public let memory: (any MethodMemory)?

  public init(
    modality: String, views: Int, features: Matrix, projection: Matrix, target: Matrix?,
    parameters: ParameterVector, gradient: ParameterVector, memory: (any MethodMemory)?
  ) {
    precondition(
      projection.rows > 0 && projection.rows % views == 0,
      "\(projection.rows) rows are not \(views) views")
    self.modality = modality
    self.views = views
    self.features = features
    self.projection = projection
    self.target = target
    self.parameters = parameters
    self.gradient = gradient
    self.memory = memory
  }

  /// Samples of the batch.
  public var samples: Int { projection.rows / views }

  /// The rows of one view.
  public func rows(_ view: Int) -> Range<Int> { view * samples..<(view + 1) * samples }
}

/// A batch's loss and its gradient.
public struct MethodLoss {
  public let loss: Double
  /// With respect to the projections.
  public let projection: Matrix
  /// With respect to the features; nil where the loss does not look at them.
  public let features: Matrix?

  public init(_ loss: Double, projection: Matrix, features: Matrix? = nil) {
    self.loss = loss
    self.projection = projection
    self.features = features
  }
}

/// Every self-supervised method that a job file can name.
public let methods = Catalogue<any Method>(
  "method",
  [
    .init(SimCLR.self) { $0 },
    .init(BarlowTwins.self) { $0 },
    .init(BYOL.self) { $0 },
    .init(MoCo.self) { $0 },
    .init(SimSiam.self) { $0 },
    .init(VICReg.self) { $0 },
  ])
