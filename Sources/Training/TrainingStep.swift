import Encoders
import Layers
import Methods
import Tensors

/// One self-supervised step: views, projections, loss, gradient, optimizer, target.
///
/// The views of a sample go through the network one after the other in their batch statistics,
/// though one batch holds them all: the weights are then transformed once.
public final class TrainingStep {
  /// What a step is made with, the same for every client.
  public struct Settings: Sendable {
    /// Whether all views share their batch statistics.
    public var joined: Bool
    /// Whether the forward pass saves less, and the backward pass makes it again.
    public var recompute: Bool
    /// The largest l2 norm of a gradient; 0 for no limit.
    public var clip: Double
    /// Whether a client's steps go on from those of its last round.
    public var goesOn: Bool

    public init(
      joined: Bool = false, recompute: Bool = false, clip: Double = 0, goesOn: Bool = false
    ) {
      self.joined = joined
      self.recompute = recompute
      self.clip = clip
      self.goesOn = goesOn
    }
  }

  public let model: Model
  /// The second network of a method that has one: of the encoder's layout.
  public let target: ParameterVector?
  private let optimizer: any Optimizer
  private let settings: Settings
  private let engine: Engine
  private let gradient: ParameterVector
  /// What steps leave for one another.
  public let vectors: StepVectors
  /// What the method keeps while a client trains, where it keeps something.
  public let memory: (any MethodMemory)?
  private var teachers: [(name: Teacher, network: ParameterVector)] = []
  /// Steps since the last `reset`.
  private var steps = 0
  /// The optimizer's before that, of the client's earlier rounds.
  private var earlier = 0

  /// - Parameter modalities: those that batches may have, in the catalogue's order.
  public init(
    _ model: Model, modalities: [String], optimizer: any Optimizer,
    settings: Settings = Settings(), _ engine: Engine
  ) {
    self.model = model
    self.optimizer = optimizer
    self.settings = settings
    self.engine = engine
    gradient = ParameterVector(model.layout)
    vectors = StepVectors(model, optimizer, modalities: modalities, isKept: settings.goesOn)
    target = model.target.map { ParameterVector($0) }
    memory = model.method.makeMemory(
      projection: model.encoder.projectionCount, modalities: modalities, engine.pool)
  }

  /// How many values a step holds beside the model that is trained.
  public static func valueCount(_ model: Model, _ optimizer: any Optimizer) -> Int {
    (1 + optimizer.stateCount) * model.layout.count + (model.target?.count ?? 0)
  }

  /// Forgets the client before: what the optimizer and the method kept. The target's values are the
  /// caller's to set.
  /// - Parameter random: what a method's memory begins with.
  public func reset(random: RandomStream) {
    (steps, earlier) = (0, 0)
    vectors.zero()
    var random = random
    memory?.reset(&random)
  }

  /// After `reset`: takes up what the client kept of its last round.
  func goOn(from kept: [String: ParameterVector]) { earlier = vectors.restore(kept, memory) }

  /// After a client's last step: makes `vectors` what it may keep.
  func leave() { vectors.save(steps: earlier + steps, memory) }

  /// The same where steps had no rate: of the optimizer's, what the client kept before them.
  func leaveUntrained(_ kept: [String: ParameterVector]?) {
    vectors.zero()
    earlier = kept.map { vectors.restore($0, nil) } ?? 0
    steps = 0
    leave()
  }

  /// Sets the networks that the method's losses compare with, for the next client.
  /// - Parameters:
  ///   - global: the model that its round begins with.
  ///   - previous: its own of the last round in which it trained; nil where there is none.
  public func teach(global: ParameterVector, previous: ParameterVector?) {
    let wanted = model.method.teachers
    teachers = [(Teacher.global, global), (Teacher.previous, previous)].compactMap {
      name, network in
      network.flatMap { wanted.contains(name) ? (name, $0) : nil }
    }
  }

  /// Moves `parameters` by one step and returns the loss of before.
  /// - Parameters:
  ///   - views: plain; the first views of all samples, then the second views, and so on, and those
  ///     of other samples.
  ///   - total: the steps that the client will do in all, for the target's rule.
  ///   - turns: quarter turns of each sample's turned view, where the method has one.
  ///   - labels: the samples' classes, where they are known.
  ///   - correct: what is done to the gradient before the optimizer sees it.
  public func run(
    _ views: FeatureMap, of modality: String, _ parameters: ParameterVector, rate: Double,
    of total: Int, turns: [Int] = [], labels: [Int] = [],
    correct: ((_ gradient: ParameterVector) -> Void)? = nil
  ) -> Double {
    let method = model.method
    let (output, saved) = forward(views, of: modality, parameters)
    engine.parallel(gradient.count, unit: 1024) { part, _ in
      gradient[part].update(repeating: 0)
    }
    let loss = method.loss(
      MethodBatch(
        modality: modality, views: method.views, randomViews: method.randomViews,
        features: output.features, projection: output.projection,
        target: target.map { forward(views, of: modality, $0).output.projection },
        teachers: projections(of: views, modality), turns: turns, labels: labels,
        parameters: parameters,
        gradient: gradient,
        memory: memory), engine)
    model.encoder.backward(
      EncoderGradient(projection: loss.projection, features: loss.features), saved, parameters,
      into: gradient, engine)
    correct?(gradient)
    if settings.clip > 0 { clip(gradient, to: settings.clip, engine) }
    optimizer.step(
      parameters, gradient, state: vectors.optimizer, number: earlier + steps, rate: Float(rate),
      engine)
    if let target, let rule = method.target {
      follow(parameters, target, momentum: Float(rule.momentum(step: steps, of: total)))
    }
    steps += 1
    return loss.loss
  }

  /// The teachers'.
  private func projections(of views: FeatureMap, _ modality: String) -> [Teacher: Matrix] {
    Dictionary(
      uniqueKeysWithValues: teachers.map { name, network in
        (name, model.encoder.infer(views, of: modality, network, engine).projection)
      })
  }

  /// A training pass of all views: the target's too has batch statistics.
  private func forward(
    _ views: FeatureMap, of modality: String, _ parameters: ParameterVector
  ) -> (output: EncoderOutput, saved: EncoderSaved) {
    model.encoder.forward(
      views, of: modality, groups: settings.joined ? 1 : model.method.rowsPerSample,
      recompute: settings.recompute, parameters, engine)
  }

  /// target ← m · target + (1 − m) · online, over the encoder's trainable parameters.
  private func follow(_ online: ParameterVector, _ target: ParameterVector, momentum: Float) {
    for range in trainableRanges(model.encoder.layout) {
      engine.parallel(range.count, unit: 1024) { part, _ in
        let place = range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
        let (from, to) = (online[place], target[place])
        for i in 0..<to.count { to[i] = momentum * to[i] + (1 - momentum) * from[i] }
      }
    }
  }
}
