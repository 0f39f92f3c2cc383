import Datasets
import Layers
import Methods
import Synchronization
import Tensors
import TestSupport
import Testing
import Views

@testable import Training

@Suite struct LocalTrainerTests {
  /// What a test wants to know of what happened, in order.
  private final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  /// Views of a sample's first byte and noise.
  private final class NoisyViews: ViewMaker {
    private let modality: String
    private let log: Log
    init(_ modality: String, _ log: Log) {
      self.modality = modality
      self.log = log
    }

    func trainingView(
      of sample: Sample, random: inout RandomStream, into view: UnsafeMutableBufferPointer<Float>
    ) {
      log.add("\(modality) \(sample.bytes[0])")
      for i in view.indices { view[i] = Float(sample.bytes[0]) / 100 + random.uniform() }
    }
    func evaluationView(of sample: Sample, into view: UnsafeMutableBufferPointer<Float>) {
      view.update(repeating: Float(sample.bytes[0]) / 100)
    }
    func picture(of view: UnsafeBufferPointer<Float>) -> [UInt8] { [] }
  }

  /// Writes down when it is asked, and pulls the gradient towards what `begin` moved.
  private struct Rule: LocalRule {
    let log: Log
    var correctsGradients = true
    var moves = false

    func begin(_ state: LocalState) {
      log.add("begin, kept: \(state.kept?.keys.sorted() ?? [])")
      if moves { state.model.floats[0] += 1 }
    }
    func correct(_ gradient: ParameterVector, _ state: LocalState, in part: Range<Int>) {
      guard part.contains(0) else { return }
      log.add("correct behind \(state.steps)")
      gradient.floats[0] += 1
    }
  }

  private static let model = try! Model(tinyEncoder(), methods.make("byol"))

  private func trainer(
    _ log: Log = Log(), threads: Int = 1, rate: Double = 0.03
  ) throws -> LocalTrainer {
    var options = TrainingOptions()
    options.localEpochs = 2
    options.batch = 4
    options.rate = rate
    options.threads = threads
    let engine = try Engine(threads: threads)
    return try LocalTrainer(
      Self.model, optimizer: try optimizers.make("sgd"), options: options,
      views: ["image", "audio"].map { modality in
        ModalityViews(
          modality: modality, makers: (0..<threads).map { _ in NoisyViews(modality, log) })
      }, seed: 5, rounds: 10, engine)
  }

  /// Samples of one byte each; sounds count from 100.
  private func data(client: Int = 3, images: Int, sounds: Int) -> ClientData {
    func set(_ modality: String, _ first: Int, _ count: Int) -> SampleSet {
      SampleSet(
        modality: modality, labels: [Int32](repeating: 0, count: count), shape: [1],
        bytes: (0..<count).map { UInt8(first + $0) })
    }
    return ClientData(
      client: client, sets: ["image": set("image", 0, images), "audio": set("audio", 100, sounds)])
  }

  /// A server's training depends on labels, a client's does not. Of two views one is random.
  @Test(arguments: [false, true]) func labelsAreSeenByAServerAlone(server: Bool) throws {
    let model = try Model(tinyEncoder(), methods.make(["name": "fedanchor", "classes": 3]))
    let global = ParameterVector(model.layout)
    model.initialise(global, seed: 7)
    var options = TrainingOptions()
    options.batch = 4
    options.localEpochs = 2
    func trained(_ labels: [Int32]) throws -> [UInt32] {
      let log = Log()
      let trainer = try LocalTrainer(
        model, optimizer: try optimizers.make("sgd"), options: options,
        views: [ModalityViews(modality: "image", makers: [NoisyViews("image", log)])], seed: 5,
        rounds: 10, seesLabels: server, try Engine())
      let set = SampleSet(
        modality: "image", labels: labels, shape: [1],
        bytes: labels.indices.map { UInt8($0) })
      let update = try trainer.train(
        ClientData(client: 3, sets: ["image": set]),
        ClientTask(
          client: 3, round: 2, global: global, rule: Rule(log: Log(), correctsGradients: false))
      ) { false }
      #expect(log.all.count == 16)
      return bits(try #require(update.state).model)
    }
    let one = try trained([0, 0, 0, 0, 1, 1, 2, 2])
    #expect(try trained([0, 0, 0, 0, 1, 1, 2, 2]) == one)
    #expect(try (trained([2, 1, 0, 1, 1, 0, 2, 1]) == one) == !server)
  }

  private func task(
    client: Int = 3, round: Int = 2, rule: Rule? = nil,
    loadKept: @escaping () throws -> [String: ParameterVector]? = { nil }
  ) -> ClientTask {
    let global = ParameterVector(Self.model.layout)
    Self.model.initialise(global, seed: 7)
    return ClientTask(
      client: client, round: round, global: global,
      rule: rule ?? Rule(log: Log(), correctsGradients: false), loadKept: loadKept)
  }

  /// What a client's training comes to: its model, its target and its losses' sums.
  private func train(
    _ trainer: LocalTrainer, _ data: ClientData, _ task: ClientTask
  ) throws -> [[UInt32]] {
    let update = try trainer.train(data, task) { false }
    let state = try #require(update.state)
    let target = try #require(state.target)
    let sums = update.losses.sorted { $0.key < $1.key }.map { Float($0.value.sum).bitPattern }
    return [bits(state.model), bits(target), sums]
  }

  /// Client, round and data decide, not who was trained before, nor threads.
  @Test func dependsOnItsTaskAlone() throws {
    let data = data(images: 10, sounds: 4)
    let one = try trainer()
    let expected = try train(one, data, task())
    _ = try train(one, self.data(client: 8, images: 6, sounds: 6), task(client: 8))
    let again = try train(one, data, task())
    #expect(again == expected)
    let threads = try train(trainer(threads: 3), data, task())
    #expect(threads == expected)

    let round = try train(one, data, task(round: 3))
    let client = try train(
      one, self.data(client: 4, images: 10, sounds: 4), task(client: 4))
    let rate = try train(trainer(rate: 0.01), data, task())
    for other in [round, client, rate] { #expect(other != expected) }
  }

  /// Each sample of a batch is drawn once for each view; the rest of 10 makes no batch.
  @Test func drawsTheViewsOfItsBatches() throws {
    let log = Log()
    let update = try trainer(log).train(data(images: 10, sounds: 4), task()) { false }
    #expect(update.steps == 6 && update.views == 48)
    #expect(update.losses["image"]?.batches == 4 && update.losses["audio"]?.batches == 2)
    // A batch's four samples, then the same again: images, sounds, images.
    for epoch in 0..<2 {
      let drawn = Array(log.all[epoch * 24..<(epoch + 1) * 24])
      for first in stride(from: 0, to: 24, by: 8) {
        #expect(Array(drawn[first..<first + 4]) == Array(drawn[first + 4..<first + 8]))
        #expect(Set(drawn[first..<first + 4]).count == 4)
      }
      #expect(drawn[8..<16].allSatisfy { $0.hasPrefix("audio 10") })
      #expect(drawn.count { $0.hasPrefix("image") } == 16)
      #expect(Set(drawn[0..<4]).isDisjoint(with: drawn[16..<20]))
    }
    #expect(log.all.count == 48)
  }

  /// A client without a step has no state; its rule is not asked, and what it kept is not read.
  @Test func tooFewSamplesTrainNothing() throws {
    let log = Log()
    let task = task(rule: Rule(log: log)) {
      log.add("kept")
      return nil
    }
    for (images, sounds) in [(0, 0), (1, 1)] {
      let update = try trainer(log).train(data(images: images, sounds: sounds), task) { true }
      #expect(update.state == nil && update.steps == 0 && update.views == 0)
      #expect(update.losses.isEmpty)
    }
    #expect(log.all == [])
  }

  /// Training ends before the first step for which it is asked to.
  @Test(arguments: [0, 1, 4]) func stopsBetweenSteps(steps: Int) throws {
    let log = Log()
    var asked = 0
    let trainer = try trainer(log)
    #expect(throws: TrainingStopped.self) {
      try trainer.train(data(images: 10, sounds: 4), task()) {
        asked += 1
        return asked > steps
      }
    }
    #expect(asked == steps + 1)
    #expect(log.all.count == 8 * steps)
  }

  /// `begin` once, with what the client kept; `correct` in every step; the state counts them.
  @Test func asksTheRule() throws {
    let log = Log()
    let kept = ["control": ParameterVector(Self.model.layout)]
    let data = data(images: 10, sounds: 4)
    let ruled = task(rule: Rule(log: log)) { kept }
    let update = try trainer().train(data, ruled) { false }
    #expect(
      log.all == ["begin, kept: [\"control\"]"] + (0..<6).map { "correct behind \($0)" })
    #expect(update.state?.kept?["control"] === kept["control"])
    // The cosine over two epochs: the rate, then half of it.
    let state = try #require(update.state)
    #expect(abs(state.rateSum - 3 * 0.03 * 1.5) < 1e-12)

    let plain = try train(trainer(), data, task())
    let corrected = try train(trainer(), data, task(rule: Rule(log: log)))
    let moved = try train(
      trainer(), data, task(rule: Rule(log: log, correctsGradients: false, moves: true)))
    for other in [corrected, moved] { #expect(other != plain) }
  }

  /// A loss that is no number is an error that says where, and how to go on.
  @Test func divergenceIsAnError() throws {
    let global = ParameterVector(Self.model.layout)
    global.floats.update(repeating: .infinity)
    let task = ClientTask(
      client: 3, round: 1, global: global, rule: Rule(log: Log(), correctsGradients: false))
    let text = message {
      _ = try trainer().train(data(images: 4, sounds: 0), task) { false }
    }
    #expect(text?.contains("on a batch of modality image in local epoch 1; a lower") == true)
  }
}
