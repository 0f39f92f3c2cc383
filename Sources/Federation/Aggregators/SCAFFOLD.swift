import Catalogues
import Tensors
import Training

/// Stochastic controlled averaging (Karimireddy et al., ICML 2020, arXiv 1910.06378, Algorithm 1).
///
/// The server has a control variate c, and each client q one of its own, c_q, which it keeps
/// between its rounds; all are 0 at first. A client's step takes the gradient g − c_q + c (eq. 3).
/// After its steps of rates η_k it sets c_q ← c_q − c + (w_global − w_q) / Σ η_k (eq. 4, option
/// II). The server adds the round's changes of c_q over the number of all clients to c, and moves
/// the model by η times its mean change (eq. 5). A client that trains no step changes no c.
///
/// (w_global − w_q) / Σ η_k is the mean gradient where the local optimizer is plain SGD. With
/// `training.optimizer.momentum` m it is larger, up to 1 / (1 − m) times, and the correction with
/// it; weight decay is in it as a part of the gradient. So take `momentum: 0` for the algorithm as
/// published. BatchNorm's running statistics are the mean's.
public struct SCAFFOLD: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// Whether the mean of models is weighted by the clients' samples. In the paper it is not.
    public var weighted = false
    /// The server's learning rate η.
    public var rate = 1.0
  }

  public static let name = "scaffold"
  public static let summary =
    "SCAFFOLD: control variates at clients and server against client drift"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "weighted": "whether the mean of models is weighted by samples",
    "rate": "the server's learning rate",
  ]

  /// The name of all its vectors: rank 0's, a client's, and what a client sends.
  private static let control = "control"

  private let weighted: Bool
  private let rate: Float

  public init(_ options: Options) throws {
    try ConfigurationError.positive("rate", options.rate)
    weighted = options.weighted
    rate = Float(options.rate)
  }

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) -> Channels {
    let control = [Self.control: model]
    return Channels(server: control, broadcast: [Self.control], sent: control, kept: control)
  }

  public var correctsGradients: Bool { true }

  public func correct(_ gradient: ParameterVector, _ state: LocalState, in part: Range<Int>) {
    let (values, server) = (gradient[part], Self.server(state)[part])
    if let own = state.kept?[Self.control]?[part] {
      for i in 0..<values.count { values[i] += server[i] - own[i] }
    } else {
      for i in 0..<values.count { values[i] += server[i] }
    }
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    let layout = state.model.layout
    let (change, own) = (ParameterVector(layout), ParameterVector(layout))
    if let before = state.kept?[Self.control] { own.assign(before) }
    let server = Self.server(state)
    for range in layout.entries.filter(\.trainable).map(\.range) {
      let (changes, controls, servers) = (change[range], own[range], server[range])
      let (start, end) = (state.global[range], state.model[range])
      for i in 0..<range.count {
        let gradient = (Double(start[i]) - Double(end[i])) / state.rateSum
        changes[i] = Float(gradient - Double(servers[i]))
        controls[i] += changes[i]
      }
    }
    return ClientOutcome(
      model: Contribution(state.model, weight: weight(terms)),
      sent: [Self.control: Contribution(change, weight: 1 / Double(terms.population))],
      kept: [Self.control: own])
  }

  public func weights(untrained global: ParameterVector, _ terms: ClientTerms) -> [Double] {
    [Double](repeating: weight(terms), count: global.layout.entries.count)
  }

  public func finish(_ round: ServerRound) {
    round.move { _, change in rate * change }
    guard let change = round.sent[Self.control]?.floats else { return }
    let server = round[Self.control].floats
    for i in 0..<server.count { server[i] += change[i] }
  }

  private func weight(_ terms: ClientTerms) -> Double {
    weighted ? terms.share : 1 / Double(terms.clients)
  }

  private static func server(_ state: LocalState) -> ParameterVector {
    guard let control = state.received[control] else { preconditionFailure("no server control") }
    return control
  }
}
