import Catalogues
import Federation
import Tensors
import TestSupport
import Testing
import Training

/// Against NumPy (Fixtures/fedbn.py), through three rounds.
@Suite struct FedBNTests {
  @Test func equalsNumPy() throws {
    try FederationFixture("fedbn.h5").compare(
      "fedbn", ["name": "fedbn"], kept: ("batch_norm", trainable: false))
  }

  /// The method's second network starts as the client's model does.
  @Test func theTargetHasTheClientsBatchNormToo() throws {
    let rule = try aggregators.make("fedbn")
    let kept = try #require(try rule.channels(FiveClients.layout, target: nil).kept["batch_norm"])
    let own = makeVector(kept, noise(5, kept.count))
    let task = ClientTask(
      client: 0, round: 2, global: FiveClients.global(), rule: rule,
      loadKept: { ["batch_norm": own] })
    let target = ParameterVector(FiveClients.layout)
    let state = try task.begin(model: ParameterVector(FiveClients.layout), target: target)
    #expect(bits(target) == bits(state.model))
    for entry in kept.entries {
      let place = try #require(FiveClients.layout.entry(entry.name))
      #expect(target.torchValues(place) == own.torchValues(entry))
    }
    #expect(bits(target) != bits(FiveClients.global()))
  }

  /// Where each modality has statistics of its own, a client keeps those of all, and the weights
  /// and biases that go with them.
  @Test func normsOfTheModalitiesStayToo() throws {
    var layout = ParameterLayout()
    for name in [
      "conv1.weight", "bn1.weight", "bn1.bias", "norms.image.bn1.running_mean",
      "norms.audio.bn1.running_mean", "norms.audio.bn2.weight", "norms.audio.bn2.running_mean",
      "fc.weight",
    ] { _ = layout.add(name, [2], trainable: !name.hasSuffix("running_mean")) }
    let kept = try aggregators.make("fedbn").channels(layout, target: nil).kept["batch_norm"]
    #expect(kept?.entries.map(\.name) == layout.entries.map(\.name).filter { $0.contains("bn") })
  }

  @Test func aModelWithoutBatchNormIsRefused() throws {
    var layout = ParameterLayout()
    _ = layout.add("norm.weight", [4])
    let line = message { _ = try aggregators.make("fedbn").channels(layout, target: nil) }
    #expect(line?.contains("this model has none; take encoder.name: resnet18") == true)
  }
}
