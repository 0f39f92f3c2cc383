import Catalogues
import Layers
import Methods
import Tensors
import TestSupport
import Testing
import Training

/// What every method of the catalogue keeps in whole training steps, by its name alone.
@Suite struct MethodStepTests {
  /// Every method, and every term added to one.
  static let all: [Tree] =
    methods.names.map { .text($0) }
    + lossTerms.names.map { ["name": "byol", "add": [.text($0)]] }

  /// Losses, model and target have the same bits for all lanes that fuse multiply and add, threads
  /// and with less saved.
  @Test(arguments: all) func sameBitsForAllLanesAndThreads(settings method: Tree) throws {
    func train(lanes: Int, threads: Int = 1, recompute: Bool = false) throws -> [[UInt32]] {
      let training = try TinyTraining(
        method: method, settings: .init(recompute: recompute),
        try Engine(lanes: lanes, threads: threads))
      let losses = training.run(steps: 4)
      #expect(losses.allSatisfy { $0.isFinite })
      return [
        losses.map { UInt32(truncatingIfNeeded: $0.bitPattern) }, bits(training.parameters),
        training.step.target.map(bits) ?? [],
      ]
    }
    let fused = try fusedLanes()
    let widest = fused.last ?? 4
    let expected = try train(lanes: widest)
    for lanes in fused {
      let found = try train(lanes: lanes)
      #expect(found == expected, "\(lanes) lanes")
    }
    for (threads, recompute) in [(2, false), (1, true), (3, true)] {
      let found = try train(lanes: widest, threads: threads, recompute: recompute)
      #expect(found == expected, "\(threads) threads, recompute: \(recompute)")
    }
  }

  /// After the first step of each batch's size, steps ask the system for no memory, nor does the
  /// next client.
  @Test(arguments: all, [1, 2])
  func noAllocationInSteadyState(settings method: Tree, threads: Int) throws {
    let engine = try Engine(threads: threads)
    let training = try TinyTraining(method: method, engine)
    _ = training.run(steps: 1, batch: 16)
    let growths = engine.growths
    for batch in [16, 9, 16] { _ = training.run(steps: 2, batch: batch) }
    training.begin(client: 1)
    _ = training.run(steps: 2, batch: 16)
    #expect(engine.growths == growths)
  }

  /// A client's training does not depend on who was trained before.
  @Test(arguments: all) func clientsAreIndependent(settings method: Tree) throws {
    let training = try TinyTraining(method: method, try Engine())
    let (losses, model) = (training.run(steps: 3), bits(training.parameters))
    training.begin(client: 5)
    _ = training.run(steps: 5, batch: 3, data: 100)
    training.begin(client: 0)
    #expect(training.run(steps: 3) == losses)
    #expect(bits(training.parameters) == model)
  }

  /// Behind the encoder's own entries, a method adds only to the layout.
  @Test(arguments: all) func modelBeginsWithTheEncoder(settings method: Tree) throws {
    let encoder = try tinyEncoder()
    let model = try Model(encoder, makeMethod(method))
    #expect(
      Array(model.layout.entries.prefix(encoder.layout.entries.count)) == encoder.layout.entries)
    #expect(model.layout.count >= encoder.layout.count)
  }
}
