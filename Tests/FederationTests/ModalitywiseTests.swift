import Catalogues
import Federation
import MessagePassing
import Tensors
import TestSupport
import Testing
import Training

@Suite struct ModalitywiseTests {
  private static func aggregator(_ rules: [(names: String, over: String)]) -> Tree {
    [
      "name": "modalitywise",
      "rules": .list(rules.map { ["names": .text($0.names), "over": .text($0.over)] }),
    ]
  }

  /// Against NumPy (Fixtures/modalitywise.py), through three rounds.
  @Test(
    arguments: [
      ("norms", [("bn1", "image")]),
      ("both", [("running", "audio"), ("bn1.", "image"), ("predictor.", "audio")]),
      ("rest", [("conv1", "all"), ("", "audio")]),
    ] as [(String, [(names: String, over: String)])])
  func equalsNumPy(variant: String, rules: [(names: String, over: String)]) throws {
    try FederationFixture("modalitywise.h5").compare(variant, Self.aggregator(rules))
  }

  private func federation(
    _ aggregator: Tree, _ modalities: [String: [Int]], participation: Double = 0.25,
    trainer: any ClientTrainer = ToyTrainer()
  ) throws -> FederatedTraining {
    try FederatedTraining(
      .init(
        communicator: Communicator(), trainer: trainer,
        aggregator: try aggregators.make(aggregator),
        schedule: try clientSchedules.make("balanced"),
        selection: Selection(clients: 40, participation: participation, seed: 4),
        samples: ToyTrainer.samples, modalitySamples: modalities),
      global: ToyTrainer.initialModel())
  }

  /// Where all samples are of one modality, its mean is the mean of all, bit for bit.
  @Test func ofOneModalityItIsFedAvg() throws {
    let one = try federation("modalitywise", ["image": ToyTrainer.samples])
    let fedavg = try federation("fedavg", [:])
    for _ in 1...3 { _ = (try one.round(), try fedavg.round()) }
    #expect(bits(one.global) == bits(fedavg.global))
  }

  /// What is images' own comes from clients with images; the rest is FedAvg's.
  @Test func theOwnEntriesOfAModalityComeFromItsClients() throws {
    let images = ToyTrainer.samples.enumerated().map { $0 == 6 ? $1 : 0 }
    let sounds = zip(ToyTrainer.samples, images).map { $0 - $1 }
    let modalities = ["image": images, "audio": sounds]
    let all = try federation("modalitywise", modalities, participation: 1)
    let fedavg = try federation("fedavg", [:], participation: 1)
    _ = (try all.round(), try fedavg.round())
    let own = try #require(ToyTrainer.layout.entry("stems.image.conv1.weight"))
    let alone = try #require(
      try ToyTrainer().train(
        ClientTask(
          client: 6, round: 1, global: ToyTrainer.initialModel(),
          rule: try aggregators.make("fedavg"))
      ).state?.model)
    let apart = zip(all.global[own.range], alone[own.range]).map { abs($0 - $1) }.max()!
    #expect(apart < 1e-6)
    let rest = own.range.upperBound..<ToyTrainer.layout.count
    #expect(Array(all.global[rest]) == Array(fedavg.global[rest]))
    #expect(Array(all.global[own.range]) != Array(fedavg.global[own.range]))
  }

  /// Nobody has images: what is theirs keeps its bits.
  @Test func whatNobodyHasStays() throws {
    let none = try federation(
      "modalitywise", ["image": [Int](repeating: 0, count: 40), "audio": ToyTrainer.samples])
    _ = try none.round()
    let own = try #require(ToyTrainer.layout.entry("stems.image.conv1.weight"))
    let before = ToyTrainer.initialModel()
    #expect(Array(none.global[own.range]) == Array(before[own.range]))
    #expect(bits(none.global) != bits(before))
  }

  /// Untrained clients count with their samples of each modality.
  @Test func whereNobodyTrainsTheModelStays() throws {
    let idle = try federation(
      "modalitywise", ToyTrainer.byModality(ToyTrainer.samples), participation: 1,
      trainer: IdleTrainer())
    _ = try idle.round()
    #expect(bits(idle.global) == bits(ToyTrainer.initialModel()))
  }

  @Test func impossibleRulesAreRefused() throws {
    func said(_ rules: [(names: String, over: String)]) throws -> String? {
      let made = try aggregators.make(Self.aggregator(rules))
      return message {
        _ = try made.channels(FiveClients.layout, target: nil)
        try made.check(modalities: ["image", "audio"])
      }
    }
    #expect(try said([("bn1", "image")]) == nil)
    #expect(
      try said([("bn1", "video")])
        == "rules: unknown scope 'video'; there are: all, own, image, audio")
    #expect(
      try said([("attn", "image")])
        == "rules: no parameter of the model has 'attn' in its name")
    let rule: Tree = ["names": "bn1", "over": "image", "ovr": "audio"]
    #expect(
      message { _ = try aggregators.make(["name": "modalitywise", "rules": .list([rule])]) }
        == "rules.ovr: unknown key 'ovr' (did you mean 'over'?)")
    for rules in [[], [("bn1", "own")], [("", "all")]] as [[(String, String)]] {
      #expect(
        try said(rules)?.hasPrefix("modalitywise finds no parameter that is one modality's")
          == true)
    }
  }
}
