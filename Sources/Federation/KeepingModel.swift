import Tensors
import Training

/// A federated algorithm whose clients keep their own models besides (`PreviousModel`).
public struct KeepingModel: Aggregator {
  private let algorithm: any Aggregator

  public init(_ algorithm: any Aggregator) { self.algorithm = algorithm }

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) throws -> Channels {
    var channels = try algorithm.channels(model, target: target)
    channels.kept[PreviousModel.name] = model
    return channels
  }

  public func check(modalities: [String]) throws { try algorithm.check(modalities: modalities) }
  public var mixing: (any Mixing)? { algorithm.mixing }
  public var serverTraining: ServerTraining? { algorithm.serverTraining }

  public func prepare(_ global: ParameterVector, _ server: any ServerTrainer) throws {
    try algorithm.prepare(global, server)
  }

  public func start(_ state: [String: ParameterVector]) { algorithm.start(state) }
  public func finish(_ round: ServerRound) throws { try algorithm.finish(round) }
  public func begin(_ state: LocalState) throws { try algorithm.begin(state) }
  public func trains(in round: Int) -> Bool { algorithm.trains(in: round) }
  public var correctsGradients: Bool { algorithm.correctsGradients }

  public func correct(_ gradient: ParameterVector, _ state: LocalState, in part: Range<Int>) {
    algorithm.correct(gradient, state, in: part)
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    var outcome = algorithm.end(state, terms)
    outcome.kept[PreviousModel.name] = state.model
    return outcome
  }

  public func weights(untrained global: ParameterVector, _ terms: ClientTerms) -> [Double] {
    algorithm.weights(untrained: global, terms)
  }
}
