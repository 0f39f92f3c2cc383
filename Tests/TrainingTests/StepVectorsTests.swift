import Catalogues
import Layers
import Methods
import Tensors
import TestSupport
import Testing

@testable import Training

/// Steps that go on in a client's next round from what its last one left.
@Suite struct StepVectorsTests {
  private struct Trial {
    let training: TinyTraining
    let target: ParameterVector?

    init(_ method: Tree, _ optimizer: Tree, goesOn: Bool) throws {
      training = try TinyTraining(
        method: method, optimizer: optimizer, settings: .init(goesOn: goesOn), Engine())
      target = training.step.target
    }
  }

  private static let optimizers: [Tree] = ["sgd", "adamw", "lars"]
  private static let methods: [Tree] = ["simclr", ["name": "moco", "queue": 40]]

  /// Six steps at once, and three in each of two rounds with another client's between them.
  @Test(arguments: optimizers, methods)
  func roundsAreAsOne(optimizer: Tree, method: Tree) throws {
    let whole = try Trial(method, optimizer, goesOn: true)
    let expected = whole.training.run(steps: 6)

    let parts = try Trial(method, optimizer, goesOn: true)
    let training = parts.training
    var losses = training.run(steps: 3)
    training.step.leave()
    let kept = training.step.vectors.all.mapValues { $0.copy() }
    let (model, target) = (training.parameters.copy(), parts.target?.copy())
    training.begin(client: 1)
    _ = training.run(steps: 5, data: 50)
    training.step.leave()

    training.begin(client: 0)
    training.step.goOn(from: kept)
    training.parameters.assign(model)
    if let target { parts.target?.assign(target) }
    losses += training.run(steps: 3, from: 3)
    #expect(losses == expected)
    #expect(
      training.parameters.floats.map(\.bitPattern)
        == whole.training.parameters.floats.map(\.bitPattern))
  }

  /// Steps at a rate of 0, as a round has that trains nothing, leave what was kept before them.
  @Test func stepsWithoutARateLeaveNothing() throws {
    let training = try Trial("simclr", "sgd", goesOn: true).training
    _ = training.run(steps: 3)
    training.step.leave()
    let kept = training.step.vectors.all.mapValues { $0.copy() }
    for before in [kept, nil] {
      training.begin(client: 0)
      if let before { training.step.goOn(from: before) }
      _ = training.run(steps: 2, data: 9)
      training.step.leaveUntrained(before)
      for (name, vector) in training.step.vectors.all {
        let expected = before?[name].map { Array($0.floats) }
        #expect(Array(vector.floats) == expected ?? [Float](repeating: 0, count: vector.count))
      }
    }
  }

  /// All that is named is there, of that layout; without going on, the optimizer's alone.
  @Test(arguments: optimizers, methods)
  func layouts(optimizer: Tree, method: Tree) throws {
    let made = try Training.optimizers.make(optimizer)
    for goesOn in [true, false] {
      let step = try Trial(method, optimizer, goesOn: goesOn).training.step
      let layouts = StepVectors.layouts(step.model, made, modalities: ["image", "audio"])
      let all = step.vectors.all
      let own = goesOn ? layouts : layouts.filter { $0.key.hasPrefix("optimizer_") }
      #expect(all.mapValues(\.layout) == own)
      #expect(own.count == made.stateCount + (goesOn ? (method == "simclr" ? 1 : 2) : 0))
    }
  }

  /// Counts beyond what one Float32 can tell apart.
  @Test func manySteps() throws {
    let model = try Model(tinyEncoder(), Methods.methods.make("simclr"))
    let made = try Training.optimizers.make("sgd")
    let vectors = StepVectors(model, made, modalities: ["image"], isKept: true)
    for steps in [0, 1, 16_777_216, 16_777_217, 5_000_000_003] {
      vectors.save(steps: steps, nil)
      #expect(vectors.restore(vectors.all.mapValues { $0.copy() }, nil) == steps)
    }
  }
}
