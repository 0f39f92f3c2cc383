import Digests
import Downstream
import Encoders
import Federation
import Foundation
import HDF5
import Methods
import TestSupport
import Testing
import Training

/// Tiny runs whose bits are written here: every machine that runs these tests shows that it
/// computes what all others did. On images alone, since the bits of sounds depend on FFTW's build.
///
/// A newcomer to a catalogue fails with the line that it needs. A change that is to move bits
/// changes these lines, and says so.
@Suite(.serialized) struct GoldenBitsTests {
  /// The first 16 digits of the model's SHA-256, by what is not as usual.
  private static let models: [String: String] = [
    "adamw": "7b1eebe050805f83",
    "barlowtwins": "f24556a750cd7ddf",
    "byol": "50dcc66173f8d3de",
    "constant": "36489db7d464e1d8",
    "cosine-local": "979ff8893601d28d",
    "cosine-rounds": "aa125a245e0bd26c",
    "eua": "b321d107c00aa5d7",
    "fedadagrad": "67a681d3442ac1c2",
    "fedadam": "eef4e76b5b762e45",
    "fedanchor": "5b9b1f78134503a3",
    "fedavg": "979ff8893601d28d",
    "fedavgm": "90906ee08c650295",
    "fedbn": "20b4bb7e8723b663",
    "feddecorr": "dd081a7b37a45c25",
    "fedema": "74d80d852573f1d4",
    "fednova": "eb0f79fdb46061fb",
    "fedprox": "2c7116058dd3828b",
    "fedu": "87c8037f7e660882",
    "fedx": "4c4cdf15986e8a6f",
    "fedyogi": "447feb707d764563",
    "lars": "a1659d823f0b4209",
    "ldawa": "cc5dbf830302014d",
    "milestones": "93208a6476188dc2",
    "modalitywise": "bc88d52db05548a5",
    "moco": "2e19af4d9fb7c8ab",
    "moon": "917912d53a39fcb8",
    "norms": "bc88d52db05548a5",
    "orchestra": "0562c3444a0b6c8a",
    "resnet18": "bc88d52db05548a5",
    "scaffold": "99be50855361177f",
    "sgd": "979ff8893601d28d",
    "simclr": "979ff8893601d28d",
    "simsiam": "76e4451bbc1b3b86",
    "uniformity": "8300c01edcc6c9bc",
    "vicreg": "81146d8861d5c5ed",
    "vit": "979ff8893601d28d",
  ]

  /// The first 16 digits of the SHA-256 of the figures, by task.
  private static let figures: [String: String] = [
    "finetune": "23b099494d48cd36",
    "knn": "f4157a475c69a015",
    "linear": "0a93564e85a646b4",
    "logistic": "c925bd89a48dc8c9",
    "ridge": "f4157a475c69a015",
  ]

  private static let usual = [
    "encoder={name: vit, input: 16, patch: 8, width: 32, depth: 1, heads: 1, mlp: 32, hidden: 32}"
  ]

  private static let convolutions = [
    "encoder={name: resnet18, input: 16, stem: small, hidden: 32}"
  ]
  /// What some need to show that they compute: statistics to keep, rounds after the warm-up, epochs
  /// after a milestone.
  private static let special = [
    "fedanchor": usual + [
      "federation.aggregator={name: fedanchor, labels: 25%, epochs: 2}",
      "method={name: fedanchor, classes: 4}",
    ],
    "fedbn": convolutions + ["federation.aggregator=fedbn"],
    "fedema": usual + ["federation.aggregator=fedema", "method=byol"],
    "fedu": usual + ["federation.aggregator=fedu", "method=byol"],
    "ldawa": usual + ["federation.aggregator={name: ldawa, warmup: 1}"],
    // Of one modality alone, it is FedAvg.
    "modalitywise": convolutions + [
      "encoder.stems=own", "encoder.norms=own",
      "federation.aggregator={name: modalitywise, rules: [{names: fc, over: all}]}",
    ],
    "milestones": usual + ["training.schedule=milestones", "training.local_epochs=5"],
    "moon": usual + ["method={name: simclr, add: [moon]}", "federation.participation=100%"],
    "orchestra": usual + ["federation.aggregator=orchestra", "method=orchestra"],
  ]

  /// Of every catalogue whose entries compute, each entry.
  private static let runs: [(name: String, settings: [String])] =
    [
      ("vit", usual),
      ("resnet18", convolutions),
      // Of one modality alone, its own are everyone's.
      ("norms", convolutions + ["encoder.norms=own"]),
    ]
    + methods.names.map { ($0, usual + ["method=\($0)"]) }
    + lossTerms.names.map { ($0, usual + ["method={name: simclr, add: [\($0)]}"]) }
    + optimizers.names.map { ($0, usual + ["training.optimizer=\($0)"]) }
    + rateSchedules.names.map { ($0, usual + ["training.schedule=\($0)"]) }
    + aggregators.names.map { ($0, usual + ["federation.aggregator=\($0)"]) }

  private let folder = TemporaryFolder()

  /// A store of images, and shards of them.
  init() throws {
    folder.write(
      "golden.yaml",
      """
      data: { image: data.h5 }
      clients: { count: 4, alpha: 1 }
      training: { local_epochs: 2, batch: 8, smallest_batch: 2 }
      federation: { rounds: 2, participation: 50% }
      monitor: { every: 0 }
      """)
    for arguments in [
      [
        "data", "synthesize", "--to", folder.path("data.h5"), "--images", "64", "--sounds", "0",
        "--classes", "4", "--side", "16",
      ], ["shard", folder.path("golden.yaml")],
    ] {
      let made = try TestSupport.run("motet", arguments)
      try #require(made.status == 0, "\(made.errors)")
    }
  }

  private func run(_ name: String, _ settings: [String]) throws -> String {
    let all = settings + ["results=\(folder.path(name))"]
    let ended = try TestSupport.run(
      "motet", ["run", folder.path("golden.yaml")] + all.flatMap { ["--set", $0] })
    let line = try #require(hash(ended), "\(name): \(ended.errors)")
    return String(line.dropFirst("model sha256 ".count).prefix(16))
  }

  @Test func modelsHaveTheirBits() throws {
    #expect(Set(encoders.names).isSubset(of: Self.runs.map(\.name)), "an encoder has no tiny run")
    for (name, settings) in Self.runs {
      let found = try run(name, Self.special[name] ?? settings)
      #expect(found == Self.models[name], "    \"\(name)\": \"\(found)\",")
    }
  }

  @Test func evaluationsHaveTheirBits() throws {
    _ = try run("run", Self.usual)
    // Pairs have sounds, and a geometry is of two modalities.
    for name in evaluationTasks.names where !["paired", "joined", "geometry"].contains(name) {
      let ended = try TestSupport.run(
        "motet",
        [
          "evaluate", folder.path("run"), "--task", name, "--data", folder.path("data.h5"), "--set",
          "modality=image",
        ] + (["linear", "finetune"].contains(name) ? ["--set", "epochs=2"] : []))
      try #require(ended.status == 0, "\(ended.errors)")
      let records = try FileManager.default.contentsOfDirectory(
        atPath: folder.path("run/evaluations"))
      let record = try #require(records.first { $0.hasPrefix(name) })
      let values: [Double] = try HDF5File.open(folder.path("run/evaluations/\(record)"))
        .read("/figures/value")
      // OpenBLAS has kernels for each kind of processor: a loss may differ in its last bits.
      let isOfOpenBLAS = ["ridge", "logistic"].contains(name)
      let text = values.prefix(isOfOpenBLAS ? 1 : values.count).map {
        String($0.bitPattern, radix: 16)
      }.joined(separator: " ")
      let found = String(SHA256.hex(of: text).prefix(16))
      #expect(found == Self.figures[name], "    \"\(name)\": \"\(found)\",")
    }
  }
}
