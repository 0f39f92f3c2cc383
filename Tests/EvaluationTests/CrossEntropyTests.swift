import Evaluation
import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing

/// Against PyTorch in Float64 (Fixtures/crossentropy.py).
@Suite struct CrossEntropyTests {
  /// Logits of a usual size, and ones whose exponentials overflow.
  @Test(arguments: ["usual", "extreme"]) func equalsPyTorch(name: String) throws {
    let file = try fixture(Bundle.module, "crossentropy.h5")
    let rows = Int(try file.intAttribute("rows", on: name))
    let classes = Int(try file.intAttribute("classes", on: name))
    let spread = Float(try file.doubleAttribute("spread", on: name))
    let labels: [Int32] = try file.read("\(name)/labels")
    let expected: [Double] = try file.read("\(name)/losses")
    let gradient: [Float] = try file.read("\(name)/gradient")
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
