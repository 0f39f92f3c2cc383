import Catalogues
import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing

@testable import Methods

/// Against lightly's NTXentLoss with a memory bank (Fixtures/moco.py). Tolerances: loss 1e-5
/// relative, gradients 1e-3 relative to their norm.
@Suite struct MoCoTests {
  private func queue(_ trial: MethodTrial, _ modality: String = "image") throws -> MoCo.Queue {
    try #require((trial.memory as? MoCo.Memory)?[modality])
  }

  @Test(arguments: ["one-by-one", "together"], Engine.availableLanes)
  func equalsLightly(_ variant: String, lanes: Int) throws {
    let file = try fixture(Bundle.module, "moco.h5")
    let count = Int(try file.intAttribute("count"))
    let columns = Int(try file.intAttribute("dims"))
    let size = Int(try file.intAttribute("queue", on: variant))
    let engine = try Engine(lanes: lanes)
    let trial = try MethodTrial(
      [
        "name": "moco", "queue": .whole(size), "enqueue": .text(variant),
        "temperature": .number(try file.doubleAttribute("temperature")),
      ], samples: count, columns: columns, engine)
    let queue = try queue(trial)
    let initial = Matrix(engine.pool, rows: size, columns: columns)
    _ = initial.floats.update(from: noise(4100 << 32, size * columns))
    _ = queue.keys.floats.update(from: normalised(initial, engine).z.floats)
    let half = count * columns
    for batch in 0..<Int(try file.intAttribute("batches")) {
      func draw(_ offset: Int) -> [Float] { noise(UInt64(4110 + 10 * batch + offset) << 32, half) }
      _ = trial.projection.floats.update(from: draw(0) + draw(1))
      _ = trial.target.floats.update(from: draw(2) + draw(3))
      let result = trial.loss()
      let group = "\(variant)/\(batch)"
      let losses: [Double] = try file.read("\(group)/losses")
      let expected = (losses[0] + losses[1]) / 2
      #expect(abs(result.loss - expected) < 1e-5 * expected)
      for (key, rows) in [("du", 0..<count), ("dv", count..<2 * count)] {
        let reference: [Float] = try file.read("\(group)/\(key)")
        #expect(relativeError(result.projection[rows].floats, reference) < 1e-3, "\(key)")
      }
      let reference: [Float] = try file.read("\(group)/queue")
      #expect(relativeError(queue.keys.floats, reference) < 1e-6)
      let next = Int(try file.intAttribute("next", on: group))
      #expect(queue.next == next)
    }
  }

  /// Keys go round and round: those that pass the end stand at the beginning.
  @Test(arguments: [5, 6, 7, 20]) func wrapsAround(size: Int) throws {
    let engine = try Engine()
    let trial = try MethodTrial(
      ["name": "moco", "queue": .whole(size)], samples: 4, columns: 3, engine)
    let queue = try queue(trial)
    var model = (0..<size).map { Array(queue.keys[$0..<$0 + 1].floats) }
    var next = 0
    let keys = normalised(trial.target, engine).z
    for _ in 0..<3 {
      _ = trial.loss()
      for row in 0..<keys.rows {
        model[next] = Array(keys[row..<row + 1].floats)
        next = (next + 1) % size
      }
      #expect((0..<size).map { Array(queue.keys[$0..<$0 + 1].floats) } == model)
      #expect(queue.next == next)
    }
  }

  /// A batch changes its own modality's queue alone; a client's beginning comes from its stream.
  @Test func queuesAreApart() throws {
    let trial = try MethodTrial(
      ["name": "moco", "queue": 16], samples: 4, columns: 8, modalities: ["image", "audio"],
      try Engine())
    let (images, sounds) = (try queue(trial), try queue(trial, "audio"))
    let fresh = [images, sounds].map { Array($0.keys.floats) }
    #expect(fresh[0] != fresh[1])
    for row in 0..<16 { #expect(abs(norm(images.keys[row..<row + 1].floats) - 1) < 1e-6) }
    _ = trial.loss(of: "audio")
    #expect(Array(images.keys.floats) == fresh[0] && Array(sounds.keys.floats) != fresh[1])
    trial.resetMemory(client: 1)
    #expect(Array(images.keys.floats) != fresh[0] && sounds.next == 0)
    trial.resetMemory()
    #expect([images, sounds].map { Array($0.keys.floats) } == fresh)
  }

  /// A tiny temperature and rows of zeros: finite.
  @Test func extremes() throws {
    let trial = try MethodTrial(
      ["name": "moco", "queue": 8, "temperature": 0.001], samples: 2, columns: 4, try Engine())
    let usual = trial.loss()
    #expect(usual.loss.isFinite && usual.projection.floats.allSatisfy { $0.isFinite })
    trial.projection.floats.update(repeating: 0)
    trial.target.floats.update(repeating: 0)
    let zeros = trial.loss()
    #expect(abs(zeros.loss - log(9.0)) < 1e-6)
    #expect(zeros.projection.floats.allSatisfy { $0.isFinite })
  }

  @Test func refusesImpossibleOptions() {
    for (options, expected) in [
      (["queue": 0], "queue: 0 is outside 1 to 16777216"),
      (["temperature": 0], "temperature: 0.0 is outside 0.001 to 1000"),
      (["momentum": -0.5], "momentum: -0.5 is outside 0 to 1"),
      (
        ["enqueue": "one-by-on"],
        "enqueue: unknown enqueue 'one-by-on' (did you mean 'one-by-one'?)"
      ),
    ] as [(Tree, String)] {
      #expect(
        message { _ = try methods.make(options.with(["name": "moco"])) } == expected)
    }
  }
}
