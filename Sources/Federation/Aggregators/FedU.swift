import Catalogues
import Tensors
import Training

/// Divergence-aware predictor update (Zhuang et al., ICCV 2021, arXiv 2108.06492), as in EasyFL's
/// code: the online encoder is the global one in each round, the target network stays with the
/// client, and so does its predictor where its last training took it far: further than μ, by
/// `WeightDistance` between the model it began with and the one it ended with. The server averages
/// online encoder and predictor.
///
/// Beyond EasyFL: at a client's first round its target is a copy of the global model; there it is
/// the online network itself, so that it does not lag behind in that round. The paper has the
/// square of one distance, and so another μ.
public struct FedU: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// μ: EasyFL's 0.4. With 0 clients keep their predictors, with a very large one all have the
    /// global one.
    public var threshold = 0.4
    /// Which target a round begins with.
    public var target = TargetStart.own
  }

  public static let name = "fedu"
  public static let summary = "FedU: own targets, and own predictors where training went far"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "threshold": "how far training may go for the client to take the global predictor",
    "target": "which target network a client begins a round with: its own, or the global model's",
  ]

  private static let predictor = "predictor"
  private static let distance = "distance"
  private let threshold: Double
  private let target: OwnTarget

  public init(_ options: Options) throws {
    try ConfigurationError.check("threshold", options.threshold, in: 0...1e30)
    threshold = options.threshold
    target = OwnTarget(options.target)
  }

  public func channels(
    _ model: ParameterLayout, target layout: ParameterLayout?
  ) throws -> Channels {
    let own = Self.predictor(of: model)
    try ConfigurationError.require(
      own.count > 0, "",
      "fedu decides whose predictor a client has, and this method has none; take method.name: byol")
    var kept = try target.channels(layout, of: Self.name)
    kept[Self.predictor] = own
    kept[Self.distance] = ParameterLayout(of: [Self.distance])
    return Channels(kept: kept)
  }

  public func begin(_ state: LocalState) {
    target.begin(state)
    guard let own = state.kept?[Self.predictor], let distance = state.kept?[Self.distance],
      Double(distance.floats[0]) >= threshold
    else { return }
    state.model.assign(sharedEntriesOf: own)
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    let own = ParameterVector(Self.predictor(of: state.model.layout))
    own.assign(sharedEntriesOf: state.model)
    let distance = ParameterVector(ParameterLayout(of: [Self.distance]))
    let measure = WeightDistance(state.model.layout)
    distance.floats[0] = Float(measure(state.global, state.model))
    var kept = target.kept(state)
    kept[Self.predictor] = own
    kept[Self.distance] = distance
    return ClientOutcome(model: Contribution(state.model, weight: terms.share), kept: kept)
  }

  /// The predictor's entries.
  private static func predictor(of model: ParameterLayout) -> ParameterLayout {
    ParameterLayout(model.entries.filter { $0.name.hasPrefix("\(predictor).") })
  }
}
