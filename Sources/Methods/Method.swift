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

  /// How many views of other samples, drawn at random from the client's of the same modality, it
  /// holds for each sample.
  var randomViews: Int { get }

  /// The view that is turned by a random number of quarter turns; nil where none is.
  var turnedView: Int? { get }

  /// The view that is evaluation's of the sample, not a random one; nil where all are random.
  var plainView: Int? { get }

  /// The federated algorithm of which the method is a half; nil where it goes with any.
  var algorithm: String? { get }

  /// Networks whose projections of the batch the loss compares with.
  var teachers: Set<Teacher> { get }

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

  /// What of that memory a client may keep from round to round; nothing by default.
  func memoryLayout(projection: Int, modalities: [String]) -> ParameterLayout

  /// The loss of one batch, and its gradient with respect to the encoder's outputs. The gradient
  /// of the method's own parameters is added to `batch.gradient`.
  func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss
}

extension Method {
  public var views: Int { 2 }
  public var randomViews: Int { 0 }
  public var turnedView: Int? { nil }
  public var plainView: Int? { nil }
  public var algorithm: String? { nil }
  public var teachers: Set<Teacher> { [] }
  /// Rows that a batch has for each sample.
  public var rowsPerSample: Int { views + randomViews }
  public mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws {}
  public func initialise(_ parameters: ParameterVector, seed: UInt64) {}
  public var target: TargetRule? { nil }
  public func makeMemory(
    projection: Int, modalities: [String], _ pool: BufferPool
  ) -> (any MethodMemory)? { nil }
  public func memoryLayout(projection: Int, modalities: [String]) -> ParameterLayout {
    ParameterLayout()
  }
}

/// What a method keeps from step to step while one client trains.
public protocol MethodMemory: AnyObject {
  /// Forgets the client before; what the next one begins with comes from `random` alone.
  func reset(_ random: inout RandomStream)

  /// Those of which it consists: of a method with terms, the method's and the terms'.
  var parts: [any MethodMemory] { get }

  /// Writes what a client may keep from round to round: all values of the method's `memoryLayout`.
  func save(to values: UnsafeMutableBufferPointer<Float>)

  /// Takes up what was written.
  func restore(from values: UnsafeMutableBufferPointer<Float>)
}

extension MethodMemory {
  public var parts: [any MethodMemory] { [self] }
  public func save(to values: UnsafeMutableBufferPointer<Float>) {}
  public func restore(from values: UnsafeMutableBufferPointer<Float>) {}
}

/// What a loss is computed of. Rows are ordered by view, then by sample: the first views of all
/// samples, then the second views of the same samples, and so on; behind them, in the same way, the
/// views of other samples.
public struct MethodBatch {
  /// The modality that all samples have.
  public let modality: String
  /// Views of each sample.
  public let views: Int
  /// Views of other samples, for each sample.
  public let randomViews: Int
  /// The encoder's features, [(views + random views) · samples, features].
  public let features: Matrix
  /// The encoder's projections, [(views + random views) · samples, projection].
  public let projection: Matrix
  /// The target network's projections of the same views, where the method has a target.
  public let target: Matrix?
  /// The teachers' projections of the same views; of the client's own model only where it has one.
  public let teachers: [Teacher: Matrix]
  /// Quarter turns of each sample's `turnedView`, counter-clockwise; empty where none is turned.
  public let turns: [Int]
  /// The samples' classes, where they are known: at a server that has some. Empty elsewhere.
  public let labels: [Int]
  /// The model. Of the method's own entries a loss changes running statistics alone, by passing
  /// their layers; all others are for reading here.
  public let parameters: ParameterVector
  /// Where the gradient of the method's own entries is added.
  public let gradient: ParameterVector
  /// What `makeMemory` made, as the steps before have left it.
  public let memory: (any MethodMemory)?

  public init(
    modality: String, views: Int, randomViews: Int = 0, features: Matrix, projection: Matrix,
    target: Matrix?, teachers: [Teacher: Matrix] = [:], turns: [Int] = [], labels: [Int] = [],
    parameters: ParameterVector,
    gradient: ParameterVector, memory: (any MethodMemory)?
  ) {
    precondition(
      projection.rows > 0 && projection.rows % (views + randomViews) == 0,
      "\(projection.rows) rows are not \(views + randomViews) views")
    self.modality = modality
    self.views = views
    self.randomViews = randomViews
    self.teachers = teachers
    self.turns = turns
    self.labels = labels
    self.features = features
    self.projection = projection
    self.target = target
    self.parameters = parameters
    self.gradient = gradient
    self.memory = memory
  }

  /// Samples of the batch.
  public var samples: Int { projection.rows / (views + randomViews) }

  /// The rows of one view; those of other samples are counted behind the samples' own.
  public func rows(_ view: Int) -> Range<Int> { view * samples..<(view + 1) * samples }

  /// The batch with fewer views of other samples, and with another memory.
  func part(randomViews: Int, memory: (any MethodMemory)?) -> MethodBatch {
    let rows = 0..<(views + randomViews) * samples
    return MethodBatch(
      modality: modality, views: views, randomViews: randomViews, features: features[rows],
      projection: projection[rows], target: target.map { $0[rows] },
      teachers: teachers.mapValues { $0[rows] }, turns: turns, labels: labels,
      parameters: parameters,
      gradient: gradient,
      memory: memory)
  }
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
    .init(FedAnchor.self) { $0 },
    .init(MoCo.self) { $0 },
    .init(Orchestra.self) { $0 },
    .init(SimSiam.self) { $0 },
    .init(VICReg.self) { $0 },
  ])
