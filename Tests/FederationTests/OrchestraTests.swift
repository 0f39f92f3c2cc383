import Checkpoints
import Federation
import Methods
import Tensors
import TestSupport
import Testing

/// What the server makes of toys; the clusterings themselves are in `ClusteringTests`.
@Suite struct OrchestraTests {
  @Test func theFirstRoundMakesCentroidsAlone() throws {
    let federation = try makeToyFederation(aggregator: "orchestra")
    let entry = try #require(ToyTrainer.layout.entry(Methods.Orchestra.centroids))
    func rest() -> [Float] {
      federation.global.floats.indices.filter { !entry.range.contains($0) }
        .map { federation.global.floats[$0] }
    }
    let (model, centroids) = (rest(), Array(federation.global[entry.range]))
    _ = try federation.round()
    // Shares add up to 1 but for their rounding.
    #expect(zip(rest(), model).allSatisfy { abs($0 - $1) < 1e-6 })
    let first = Array(federation.global[entry.range])
    #expect(first != centroids)
    for row in 0..<4 { #expect(abs(norm(first[row * 5..<(row + 1) * 5]) - 1) < 1e-6) }
    _ = try federation.round()
    #expect(rest() != model && Array(federation.global[entry.range]) != first)
  }

  /// Targets are averaged by samples over those who trained.
  @Test func theServerHasTheMeanTarget() throws {
    let federation = try makeToyFederation(aggregator: "orchestra")
    _ = try federation.round()
    let target = try #require(federation.serverState["target"])
    #expect(target.layout == ToyTrainer.target)
    let start = ToyTrainer.initialModel()
    let farthest = zip(target.floats, start.floats).map { abs($0 - $1) }.max() ?? .infinity
    #expect(farthest < 1e-5, "\(farthest)")
    _ = try federation.round()
    #expect(zip(target.floats, start.floats).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func whereNobodyTrainsTargetsAreTheModels() throws {
    let federation = try makeToyFederation(aggregator: "orchestra", trainer: IdleTrainer())
    _ = try federation.round()
    let (target, start) = (
      try #require(federation.serverState["target"]), ToyTrainer.initialModel()
    )
    #expect(target.floats.elementsEqual(start.floats.prefix(target.count)))
  }

  @Test func otherMethodsAreRefused() throws {
    let rule = try aggregators.make("orchestra")
    #expect(
      message { _ = try rule.channels(FiveClients.layout, target: FiveClients.target) }
        == "orchestra is half of an algorithm whose other half is a method; take "
        + "method.name: orchestra")
  }
}
