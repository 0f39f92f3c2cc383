import Catalogues
import Tensors
import Training

/// Divergence-aware moving averages (Zhuang et al., ICLR 2022, arXiv 2204.04385): a client begins
/// with μ · own + (1 − μ) · global, online encoder and predictor, and with its own target network;
/// μ = min(1, λ · d). λ is τ over the client's first d (auto-scaling). The server averages online
/// encoder and predictor. Running statistics are the global model's.
///
/// d is a `WeightDistance`. As in EasyFL's code it is that from the model with which the client's
/// last training began to the one with which it ended; `distance: global` is the paper's, equation
/// 5, from the client's last model to today's global one. A client that did not train in the round
/// before begins from the global model (`selective`; EasyFL's setting for random participation).
///
/// Beyond EasyFL: at a client's first round its target is a copy of the global model; there it is
/// the online network itself. The predictor's running statistics, which nothing reads, are there
/// those of the weight above 0.5.
public struct FedEMA: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// What μ is at a client's first average, τ: EasyFL's command's 0.7 (its code's default: 0.8).
    public var tau = 0.7
    /// λ for all clients, instead of τ; 0 for auto-scaling.
    public var scale = 0.0
    /// What d is.
    public var distance = Distance.training
    /// Whether a client averages only where it trained in the round before.
    public var selective = true
    /// Which target a round begins with.
    public var target = TargetStart.own
  }

  public enum Distance: String, WordOption { case training, global }

  public static let name = "fedema"
  public static let summary = "FedEMA: clients begin between their own model and the global one"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "tau": "the weight of its own model when a client averages first",
    "scale": "the weight over the distance, the same for all clients; 0 to find it by tau",
    "distance": "of the last training's ends (training), or of own and global model (global)",
    "selective": "whether a client that missed the last round begins from the global model",
    "target": "which target network a client begins a round with: its own, or the global model's",
  ]

  private static let online = "online"
  /// Numbers that a client keeps.
  private static let numbers = "numbers"
  private static let (scale, distance, round) = (0, 1, 2)
  private let options: Options
  private let target: OwnTarget

  public init(_ options: Options) throws {
    try ConfigurationError.check("tau", options.tau, in: 0...1)
    try ConfigurationError.check("scale", options.scale, in: 0...1e30)
    self.options = options
    target = OwnTarget(options.target)
  }

  public func channels(
    _ model: ParameterLayout, target layout: ParameterLayout?
  ) throws -> Channels {
    var kept = try target.channels(layout, of: Self.name)
    kept[Self.online] = model
    kept[Self.numbers] = Self.numbersLayout
    return Channels(kept: kept)
  }

  public func begin(_ state: LocalState) {
    guard let average = average(state) else { return }
    target.begin(state)
    average.write(to: state.model, state.global)
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    let numbers = ParameterVector(Self.numbersLayout)
    let average = average(state)
    var start = state.global
    if let average {
      start = state.global.copy()
      average.write(to: start, state.global)
    }
    numbers.floats[Self.scale] = Float(average?.scale ?? scaleSoFar(state))
    numbers.floats[Self.distance] = Float(WeightDistance(start.layout)(start, state.model))
    numbers.floats[Self.round] = Float(state.round)
    var kept = target.kept(state)
    kept[Self.online] = state.model
    kept[Self.numbers] = numbers
    return ClientOutcome(model: Contribution(state.model, weight: terms.share), kept: kept)
  }

  /// What a client begins with in place of the global model.
  private struct Average {
    let own: ParameterVector
    /// λ.
    let scale: Double
    /// μ.
    let share: Float

    func write(to start: ParameterVector, _ global: ParameterVector) {
      let (values, own, global) = (start.floats, own.floats, global.floats)
      for entry in start.layout.entries where entry.trainable {
        for i in entry.range { values[i] = share * own[i] + (1 - share) * global[i] }
      }
    }
  }

  /// Nil where it begins with the global model. The same before and after its training.
  private func average(_ state: LocalState) -> Average? {
    guard let own = state.kept?[Self.online], let numbers = state.kept?[Self.numbers]?.floats else {
      return nil
    }
    guard !options.selective || Int(numbers[Self.round]) + 1 == state.round else { return nil }
    let distance =
      switch options.distance {
      case .training: Double(numbers[Self.distance])
      case .global: WeightDistance(own.layout)(own, state.global)
      }
    let scale = scale(before: Double(numbers[Self.scale]), distance)
    return Average(own: own, scale: scale, share: Float(min(1, scale * distance)))
  }

  /// λ of a client that does not average in this round; 0 where it has none yet.
  private func scaleSoFar(_ state: LocalState) -> Double {
    guard let numbers = state.kept?[Self.numbers]?.floats else { return 0 }
    let before = Double(numbers[Self.scale])
    return options.distance == .training
      ? scale(before: before, Double(numbers[Self.distance])) : before
  }

  /// λ: the job's, the client's, or what makes μ be τ.
  private func scale(before: Double, _ distance: Double) -> Double {
    if options.scale > 0 { return options.scale }
    if before > 0 { return before }
    return distance > 0 ? options.tau / distance : 0
  }

  private static var numbersLayout: ParameterLayout {
    ParameterLayout(of: ["scale", "distance", "round"])
  }
}
