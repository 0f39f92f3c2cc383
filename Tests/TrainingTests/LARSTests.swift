import Catalogues
import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing
import Training

/// Against lightly's LARS in Float64 (Fixtures/lars.py).
@Suite struct LARSTests {
  @Test(arguments: ["plain", "nesterov"], Engine.availableLanes)
  func equalsLightly(variant: String, lanes: Int) throws {
    let file = try fixture(Bundle.module, "lars.h5")
    let unmoved = Int(try file.intAttribute("unmoved"))
    let optimizer = try optimizers.make([
      "name": "lars", "nesterov": .flag(variant == "nesterov"),
      "momentum": .number(try file.doubleAttribute("momentum")),
      "weight_decay": .number(try file.doubleAttribute("decay")),
      "trust": .number(try file.doubleAttribute("trust")),
      "epsilon": .number(try file.doubleAttribute("epsilon")),
    ])
    let worst = try SmallNetwork.worstError(
      optimizer, from: SmallNetwork.noiseVector(1, times: ["fc.weight": 0]),
      rate: file.doubleAttribute("rate"), file.read(variant), Engine(lanes: lanes)
    ) { step in
      SmallNetwork.noiseVector(10 * (step + 1), times: step == unmoved ? ["conv1.weight": 0] : [:])
    }
    #expect(worst < 1e-6)
  }

  /// Without decay a step at rate 1 has `trust` times the parameter's own norm.
  @Test func adaptsWithoutDecayToo() throws {
    let optimizer = try optimizers.make(["name": "lars", "weight_decay": 0, "trust": 0.01])
    let parameters = SmallNetwork.noiseVector(1)
    let before = parameters.copy()
    optimizer.step(
      parameters, SmallNetwork.noiseVector(10), state: [ParameterVector(SmallNetwork.layout)],
      number: 0, rate: 1, try Engine())
    let weight = try #require(SmallNetwork.layout.entry("conv1.weight")).range
    let length = norm(zip(parameters[weight], before[weight]).map { $0 - $1 })
    #expect(abs(length / norm(before[weight]) - 0.01) < 1e-6)
  }

  @Test func refusesImpossibleOptions() {
    for (options, expected) in [
      (["momentum": 1], "momentum: 1.0 is not in 0 ..< 1"),
      (["trust": 0], "trust: 0.0 is not above 0"),
      (["epsilon": -1], "epsilon: -1.0 is below 0"),
      (["nesterov": true, "momentum": 0], "nesterov: needs a momentum above 0"),
    ] as [(Tree, String)] {
      let text = message { _ = try optimizers.make(options.with(["name": "lars"])) }
      #expect(text == expected)
    }
  }
}
