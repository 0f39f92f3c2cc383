import Catalogues
import Foundation
import HDF5
import Layers
import Methods
import Tensors
import TestSupport
import Testing

/// Against lightly's VICRegLoss (Fixtures/vicreg.py). Tolerances: loss 1e-5 relative, gradients
/// 1e-3 relative to their norm.
@Suite struct VICRegTests {
  @Test(arguments: ["n2d5s1.0", "n16d32s1.0", "n64d128s1.75", "n16d32s0.5", "n256d300s2.0"])
  func equalsLightly(_ name: String) throws {
    let file = try fixture(Bundle.module, "vicreg.h5")
    let count = Int(try file.intAttribute("count", on: name))
    let dims = Int(try file.intAttribute("dims", on: name))
    let scale = Float(try file.doubleAttribute("scale", on: name))
    let engine = try Engine()
    let weights = try ["invariance", "variance", "covariance"].map {
      ($0, Tree.number(try file.doubleAttribute($0, on: name)))
    }
    let method = try methods.make(Tree(weights).with(["name": "vicreg"]))
    let x = Matrix(engine.pool, rows: 2 * count, columns: dims)
    let first = noise(4000 << 32, count * dims)
    let second = zip(first, noise(4001 << 32, count * dims)).map { 0.5 * $0 + 0.5 * $1 }
    _ = x.floats.update(from: (first + second).map { scale * $0 })
    let (loss, gradient) = try lossOf(method, x, engine)
    let expected: [Double] = try file.read("\(name)/loss")
    #expect(abs(loss - expected[0]) < 1e-5 * abs(expected[0]))
    for (key, rows) in [("du", 0..<count), ("dv", count..<2 * count)] {
      let path = "\(name)/\(key)"
      let reference: [Float] = try file.read(path)
      let stride =
        try file.hasAttribute("stride", on: path) ? Int(file.intAttribute("stride", on: path)) : 1
      let values = sampled(Array(gradient[rows].floats), stride: stride)
      #expect(relativeError(values, reference) < 1e-3, "\(key)")
    }
  }

  /// Columns that do not vary, and a single sample: finite, and right where known.
  @Test(arguments: [1, 2, 8]) func extremes(rows: Int) throws {
    let engine = try Engine()
    let constant = Matrix(engine.pool, rows: 2 * rows, columns: 4)
    constant.floats.update(repeating: 0.5)
    let (loss, gradient) = try lossOf(try methods.make("vicreg"), constant, engine)
    #expect(abs(loss - 25 * (1 - 0.01)) < 1e-9)
    #expect(gradient.floats.allSatisfy { $0 == 0 })
  }

  @Test func refusesImpossibleOptions() {
    #expect(
      message { _ = try methods.make(["name": "vicreg", "variance": -1]) }
        == "variance: -1.0 is outside 0 to 1000000")
  }
}
