import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing
import Training

/// Against PyTorch in Float64 (Fixtures/supervised.py).
@Suite struct CrossEntropyTests {
  /// Logits of a usual size, and ones whose exponentials overflow.
  @Test(arguments: ["usual", "extreme"]) func equalsPyTorch(name: String) throws {
    let file = try fixture(Bundle.module, "supervised.h5")
    let group = "crossentropy/\(name)"
    let rows = Int(try file.intAttribute("rows", on: group))
    let classes = Int(try file.intAttribute("classes", on: group))
    let spread = Float(try file.doubleAttribute("spread", on: group))
    let labels: [Int32] = try file.read("\(group)/labels")
    let expected: [Double] = try file.read("\(group)/losses")
    let gradient: [Float] = try file.read("\(group)/gradient")
    let engine = try Engine()
    let logits = Matrix(engine.pool, rows: rows, columns: classes)
    _ = logits.floats.update(from: noise(7000 << 32, rows * classes).map { $0 * spread })
    let (sum, own) = CrossEntropy.loss(logits, labels, divisor: rows, engine)
    #expect(abs(sum - expected.reduce(0, +)) < 1e-9 * expected.reduce(1, +))
    #expect(relativeError(own.floats, gradient) < 1e-6)
    let losses = CrossEntropy.losses(Array(logits.floats), labels, classes: classes)
    for (loss, reference) in zip(losses, expected) {
      #expect(abs(loss - reference) < 1e-9 * max(1, reference))
    }
  }

  /// Two parts of a batch have the whole's gradient between them.
  @Test func partsAddUp() throws {
    let engine = try Engine()
    let logits = Matrix(engine.pool, rows: 6, columns: 4)
    _ = logits.floats.update(from: noise(1 << 32, 24))
    let labels: [Int32] = [0, 3, 1, 2, 2, 0]
    let whole = CrossEntropy.loss(logits, labels, divisor: 6, engine)
    let parts = [0..<2, 2..<6].map {
      CrossEntropy.loss(logits[$0], Array(labels[$0]), divisor: 6, engine)
    }
    #expect(abs(parts[0].sum + parts[1].sum - whole.sum) < 1e-12)
    #expect(
      Array(parts[0].gradient.floats) + parts[1].gradient.floats == Array(whole.gradient.floats))
  }
}

@Suite struct NesterovTests {
  /// PyTorch's SGD with Nesterov momentum, and a decay large enough to be seen.
  @Test(arguments: Engine.availableLanes) func equalsPyTorch(lanes: Int) throws {
    let file = try fixture(Bundle.module, "supervised.h5")
    let size = Int(try file.intAttribute("size", on: "nesterov"))
    var layout = ParameterLayout()
    let weights = layout.add("weights", [size])
    let parameters = ParameterVector(layout)
    _ = parameters[weights].update(from: noise(6000 << 32, size))
    let gradient = ParameterVector(layout)
    let optimizer = try SGD(
      .init(
        momentum: try file.doubleAttribute("momentum", on: "nesterov"),
        weightDecay: try file.doubleAttribute("decay", on: "nesterov"), nesterov: true))
    let state = [ParameterVector(layout)]
    let engine = try Engine(lanes: lanes)
    for step in 0..<Int(try file.intAttribute("steps", on: "nesterov")) {
      _ = gradient[weights].update(from: noise(UInt64(6001 + step) << 32, size))
      optimizer.step(
        parameters, gradient, state: state, number: step,
        rate: Float(try file.doubleAttribute("rate", on: "nesterov")), engine)
    }
    let expected: [Float] = try file.read("nesterov/weights")
    #expect(relativeError(parameters[weights], expected) < 1e-6)
  }

  /// 36 and 48 of 60 epochs; a step at 60 % and at 80 % of others.
  @Test func milestones() throws {
    let schedule = try rateSchedules.make("milestones")
    func factors(_ epochs: Int) -> [Double] {
      (0..<epochs).map { schedule.factor(epoch: $0, of: epochs, round: 0, of: 1) }
    }
    let sixty = factors(60)
    #expect(sixty[..<36].allSatisfy { $0 == 1 } && sixty[36..<48].allSatisfy { $0 == 0.1 })
    #expect(sixty[48...].allSatisfy { $0 == 0.01 })
    #expect(factors(5) == [1, 1, 1, 0.1, 0.01])
    #expect(factors(1) == [1])
  }
}
