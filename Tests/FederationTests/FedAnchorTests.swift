import Catalogues
import Methods
import Tensors
import TestSupport
import Testing

@testable import Federation

/// The server's half; the losses are in `MethodsTests`.
@Suite struct FedAnchorTests {
  /// What the server makes of a model, by its definition.
  private func served(_ model: ParameterVector, round: Int) throws {
    let server = ToyServer()
    server.train(model, round: round)
    let entry = try #require(model.layout.entry(Methods.FedAnchor.anchors))
    let (rows, labels) = server.project(model)
    for label in 0..<3 {
      let own = labels.indices.filter { labels[$0] == label }.map { rows[$0 * 5..<($0 + 1) * 5] }
      for column in 0..<5 {
        let sum = own.reduce(0.0) { $0 + Double($1[$1.startIndex + column]) / norm($1) }
        model[entry.range][label * 5 + column] = Float(sum / Double(own.count))
      }
    }
  }

  /// Before the first round, and after each: where nobody trains, the server alone moves the model.
  @Test func theServerTrainsBeforeAndAfterRounds() throws {
    let federation = try makeToyFederation(aggregator: "fedanchor", trainer: IdleTrainer())
    let expected = ToyTrainer.initialModel()
    try served(expected, round: 0)
    for round in 1...3 {
      _ = try federation.round()
      try served(expected, round: round)
      let farthest = zip(federation.global.floats, expected.floats).map { abs($0 - $1) }.max()
      #expect(try #require(farthest) < 1e-6, "round \(round)")
    }
  }

  /// The clients' models count by samples, as in FedAvg from what the server had made.
  @Test func theServerStartsFromTheMean() throws {
    let federation = try makeToyFederation(aggregator: "fedanchor")
    let start = ToyTrainer.initialModel()
    try served(start, round: 0)
    let fedavg = try makeToyFederation(
      after: .init(
        round: 0, job: "{}", shards: "", model: start, serverState: [:], kept: [:]))
    _ = (try federation.round(), try fedavg.round())
    let expected = fedavg.global.copy()
    try served(expected, round: 1)
    let farthest = zip(federation.global.floats, expected.floats).map { abs($0 - $1) }.max()
    #expect(try #require(farthest) < 1e-6)
  }

  @Test func aClassWithoutAnchorsHasNoDirection() {
    let means = Federation.FedAnchor.meanDirections(
      of: [3, 4, 0, 0, 0, 2], [2, 2, 0], classes: 3, columns: 2)
    #expect(means == [0, 1, 0, 0, 0.3, 0.4])
  }

  @Test func otherMethodsAndModalitiesAreRefused() throws {
    let rule = try aggregators.make("fedanchor")
    #expect(
      message { _ = try rule.channels(FiveClients.layout, target: nil) }
        == "fedanchor is half of an algorithm whose other half is a method; take "
        + "method.name: fedanchor")
    #expect(message { try rule.check(modalities: ["image", "audio"]) } == nil)
    #expect(
      message { try rule.check(modalities: ["audio"]) }
        == "modality: unknown modality 'image'; there are: audio")
    #expect(
      message { _ = try aggregators.make(["name": "fedanchor", "labels": 0]) }
        == "labels: 0 % is not a share above 0 %, at most 100 %")
  }
}
