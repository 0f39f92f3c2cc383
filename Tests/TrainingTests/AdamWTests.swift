import Catalogues
import Foundation
import HDF5
import Layers
import TestSupport
import Testing
import Training

/// Against PyTorch's AdamW in Float64 (Fixtures/adamw.py), and without decay against its Adam.
@Suite struct AdamWTests {
  @Test(arguments: ["all", "matrices", "adam"], Engine.availableLanes)
  func equalsPyTorch(decay: String, lanes: Int) throws {
    let file = try fixture(Bundle.module, "adamw.h5")
    let optimizer = try optimizers.make([
      "name": "adamw", "decay": .text(decay == "adam" ? "all" : decay),
      "beta1": .number(try file.doubleAttribute("beta1")),
      "beta2": .number(try file.doubleAttribute("beta2")),
      "epsilon": .number(try file.doubleAttribute("epsilon")),
      "weight_decay": decay == "adam" ? 0 : .number(try file.doubleAttribute("decay")),
    ])
    let worst = try SmallNetwork.worstError(
      optimizer, from: SmallNetwork.noiseVector(1), rate: file.doubleAttribute("rate"),
      file.read(decay), Engine(lanes: lanes)
    ) { step in
      SmallNetwork.noiseVector(10 * (step + 1), times: ["bn1.bias": 0, "fc.weight": 1 / 1024])
    }
    #expect(worst < 1e-6)
  }

  @Test func refusesImpossibleOptions() {
    for (options, expected) in [
      (["beta1": 1], "beta1: 1.0 is not in 0 ..< 1"),
      (["epsilon": 0], "epsilon: 0.0 is not above 0"),
      (["weight_decay": -1], "weight_decay: -1.0 is below 0"),
      (["decay": "matrice"], "decay: unknown decay 'matrice' (did you mean 'matrices'?)"),
      (["momentum": 0.9], "momentum: unknown key 'momentum'"),
    ] as [(Tree, String)] {
      let text = message { _ = try optimizers.make(options.with(["name": "adamw"])) }
      #expect(text?.hasPrefix(expected) == true, "\(text ?? "nothing")")
    }
  }
}
