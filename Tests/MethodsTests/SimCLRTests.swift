import Foundation
import HDF5
import Layers
import Methods
import Tensors
import TestSupport
import Testing

/// Against lightly's NTXentLoss, and PyTorch for `anchors: first` (Fixtures/ntxent.py).
/// Tolerances: loss 1e-5 relative, gradients 1e-3 relative to their norm.
@Suite struct SimCLRTests {
  @Test(arguments: ["n2d4t0.5", "n8d16t0.5", "n32d128t0.5", "n32d128t0.1", "n256d128t0.5"])
  func equalsLightly(_ name: String) throws {
    let file = try fixture(Bundle.module, "ntxent.h5")
    let count = Int(try file.intAttribute("count", on: name))
    let dims = Int(try file.intAttribute("dims", on: name))
    let temperature = try file.doubleAttribute("temperature", on: name)
    let engine = try Engine()
    for (variant, anchors) in [("simclr", "all"), ("first", "first")] {
      let method = try methods.make([
        "name": "simclr", "temperature": .number(temperature), "anchors": .text(anchors),
      ])
      let x = Matrix(engine.pool, rows: 2 * count, columns: dims)
      _ = x.floats.update(
        from: noise(4000 << 32, count * dims) + noise(4001 << 32, count * dims))
      let (loss, gradient) = try lossOf(method, x, engine)
      let expected: [Double] = try file.read("\(name)/\(variant)/loss")
      #expect(abs(loss - expected[0]) < 1e-5 * abs(expected[0]))
      let halves = ["du": 0..<count * dims, "dv": count * dims..<2 * count * dims]
      for (key, range) in halves {
        let path = "\(name)/\(variant)/\(key)"
        let reference: [Float] = try file.read(path)
        let stride =
          try file.hasAttribute("stride", on: path) ? Int(file.intAttribute("stride", on: path)) : 1
        let values = sampled(Array(gradient.floats[range]), stride: stride)
        #expect(relativeError(values, reference) < 1e-3, "\(variant) \(key)")
      }
    }
  }

  /// Equal rows, a single pair, a tiny temperature, rows of zeros: finite, and right where known.
  @Test func extremes() throws {
    let engine = try Engine()
    let tiny = try methods.make(["name": "simclr", "temperature": 0.001])
    let equal = Matrix(engine.pool, rows: 8, columns: 4)
    equal.floats.update(repeating: 0.5)
    let (loss, gradient) = try lossOf(tiny, equal, engine)
    #expect(abs(loss - log(7.0)) < 1e-4)
    #expect(gradient.floats.allSatisfy { abs($0) < 1e-3 })

    let pair = Matrix(engine.pool, rows: 2, columns: 4)
    _ = pair.floats.update(from: noise(1, 8))
    #expect(try abs(lossOf(tiny, pair, engine).loss) < 1e-6)

    let zeros = Matrix(engine.pool, rows: 4, columns: 4)
    zeros.floats.update(repeating: 0)
    let (atZero, zeroGradient) = try lossOf(tiny, zeros, engine)
    #expect(abs(atZero - log(3.0)) < 1e-6)
    #expect(zeroGradient.floats.allSatisfy { $0.isFinite })
  }
}
