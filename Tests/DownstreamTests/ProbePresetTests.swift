import Catalogues
import Downstream
import TestSupport
import Testing

/// What a linear probe's settings come to: presets, what is given beside them, optimizers.
@Suite struct ProbePresetTests {
  private func resolved(_ settings: Tree) throws -> Tree {
    let usual: Tree = ["name": "linear", "data": "store.h5"]
    return try EvaluationSpec(usual.with(settings), relativeTo: "/data").resolved
  }

  private static let sgd: Tree = [
    "name": "sgd", "momentum": 0.9, "nesterov": false, "weight_decay": 0,
  ]
  private static let adam: Tree = [
    "name": "adamw", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0,
    "decay": "all",
  ]

  @Test func authorsSettings() throws {
    for (preset, rate, epochs, batch, schedule, optimizer) in [
      ("paper", 0.03, 60, 128, "milestones", Self.sgd.with(["nesterov": true])),
      ("easyfl", 0.003, 200, 2048, "constant", Self.adam),
      ("orchestra", 30, 50, 256, "cosine-local", Self.sgd),
      ("ldawa", 0.01, 100, 200, "milestones", Self.sgd),
      ("fedu2", 0.003, 200, 512, "constant", Self.adam),
    ] as [(String, Double, Int, Int, String, Tree)] {
      let found = try resolved(["preset": .text(preset)])
      let expected: Tree = [
        "preset": .text(preset), "rate": .number(rate), "epochs": .whole(epochs),
        "batch": .whole(batch), "schedule": .text(schedule), "optimizer": optimizer,
      ]
      for key in expected.keys { #expect(found[key] == expected[key], "\(preset) \(key)") }
      #expect(try resolved(found) == found)
      #expect(try resolved([:]).keys.sorted() == found.keys.sorted())
    }
    #expect(try resolved([:]) == resolved(["preset": "paper"]))
  }

  /// What is given holds: some options of a preset's optimizer, or another one with its own.
  @Test func whatIsGivenHolds() throws {
    let found = try resolved([
      "preset": "easyfl", "epochs": 3, "optimizer": ["beta1": 0.8],
    ])
    #expect(found["epochs"] == 3 && found["batch"] == 2048 && found["rate"] == 0.003)
    #expect(found["optimizer"] == Self.adam.with(["beta1": 0.8]))
    let other = try resolved(["preset": "easyfl", "optimizer": "lars"])
    #expect(other["optimizer"]?["trust"] == 0.001 && other["rate"] == 0.003)
    #expect(try resolved(["optimizer": "adamw"])["optimizer"]?["weight_decay"] == 0.01)
    #expect(
      try resolved(["optimizer": "sgd"])["optimizer"] == Self.sgd.with(["nesterov": true]))
  }

  /// SGD's options beside the optimizer are those within it.
  @Test func optionsBeside() throws {
    let beside = try resolved(["momentum": 0, "nesterov": false, "weight_decay": 0.1])
    #expect(beside["optimizer"] == Self.sgd.with(["momentum": 0, "weight_decay": 0.1]))
    #expect(beside["momentum"] == nil)
    for task in ["finetune", "paired"] {
      let found = try resolved(["name": .text(task), "weight_decay": 0.1])
      #expect(found["optimizer"]?["weight_decay"] == 0.1, "\(task)")
    }
  }

  @Test func refusals() {
    for (settings, expected) in [
      (["preset": "easyfi"], "preset: unknown preset 'easyfi' (did you mean 'easyfl'?)"),
      (
        ["preset": "nobody"],
        "preset: unknown preset 'nobody'; there are: paper, easyfl, orchestra, ldawa, fedu2"
      ),
      (["preset": 3], "preset: expected a string"),
      (["optimizer": "adam"], "optimizer.name: unknown optimizer 'adam' (did you mean 'adamw'?)"),
      (["optimizer": ["beta1": 0.5]], "optimizer.beta1: unknown key 'beta1'"),
      (["optimizer": 3], "optimizer: expected an optimizer"),
      (["momentum": 0], "optimizer.nesterov: needs a momentum above 0"),
      (["momentum": 2], "momentum: as the optimizer's: 2.0 is not in 0 ..< 1"),
      (
        ["momentum": 0.5, "optimizer": ["momentum": 0.5]],
        "momentum: is among optimizer's options too"
      ),
      (["optimizer": "adamw", "momentum": 0.5], "momentum: as the optimizer's: unknown key"),
    ] as [(Tree, String)] {
      let text = message { _ = try resolved(settings) }
      #expect(text?.hasPrefix(expected) == true, "\(text ?? "nothing")")
    }
  }
}
