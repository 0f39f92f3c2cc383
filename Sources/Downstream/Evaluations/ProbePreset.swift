import Catalogues

/// A linear probe as the authors of a federated method trained theirs: the settings that hold where
/// an evaluation gives none. What a probe sees is no part of it: all are on the same features.
enum ProbePreset: String, WordOption {
  /// FSSUAVL §4: the defaults.
  case paper
  /// EasyFL (FedU, FedEMA), applications/fedssl/linear_evaluation.py.
  case easyfl
  /// Orchestra, config.py and linear_eval.py, whose cosine falls with each step, not each epoch.
  case orchestra
  /// L-DAWA, the configurations in inventory/config/fed_Linear.
  case ldawa
  /// FedU², linear_eval.py.
  case fedu2

  /// The preset that settings name; the paper's where they name none.
  init(of settings: Tree) throws {
    struct Chosen: Codable { var preset = ProbePreset.paper }
    let given = settings["preset"].map { ["preset": $0] as Tree } ?? [:]
    self = try overlay(given, on: Chosen()).preset
  }

  /// What differs from the defaults.
  var settings: Tree {
    switch self {
    case .paper: [:]
    case .easyfl: Self.adam(batch: 2048)
    case .orchestra: Self.sgd(rate: 30, epochs: 50, batch: 256, schedule: "cosine-local")
    case .ldawa: Self.sgd(rate: 0.01, epochs: 100, batch: 200, schedule: "milestones")
    case .fedu2: Self.adam(batch: 512)
    }
  }

  /// Adam is AdamW without decay.
  private static func adam(batch: Int) -> Tree {
    [
      "rate": 0.003, "epochs": 200, "batch": .whole(batch), "schedule": "constant",
      "optimizer": ["name": "adamw", "weight_decay": 0],
    ]
  }

  private static func sgd(rate: Double, epochs: Int, batch: Int, schedule: String) -> Tree {
    [
      "rate": .number(rate), "epochs": .whole(epochs), "batch": .whole(batch),
      "schedule": .text(schedule),
      "optimizer": ["name": "sgd", "momentum": 0.9, "nesterov": false, "weight_decay": 0],
    ]
  }
}
