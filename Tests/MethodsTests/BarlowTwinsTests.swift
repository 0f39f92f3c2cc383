import Foundation
import HDF5
import Layers
import Methods
import Tensors
import TestSupport
import Testing

/// Against lightly's BarlowTwinsLoss, and PyTorch for `deviation: unbiased`
/// (Fixtures/barlowtwins.py). Tolerances: loss 1e-5 relative, gradients 1e-3 relative to their
/// norm.
@Suite struct BarlowTwinsTests {
  @Test(arguments: ["n2d5l0.0051", "n16d32l0.0051", "n64d128l0.005", "n256d300l0.02"])
  func equalsLightly(_ name: String) throws {
    let file = try fixture(Bundle.module, "barlowtwins.h5")
    let count = Int(try file.intAttribute("count", on: name))
    let dims = Int(try file.intAttribute("dims", on: name))
    let engine = try Engine()
    for deviation in ["biased", "unbiased"] {
      let method = try methods.make([
        "name": "barlowtwins", "deviation": .text(deviation),
        "lambda": .number(try file.doubleAttribute("weight", on: name)),
      ])
      let x = Matrix(engine.pool, rows: 2 * count, columns: dims)
      let first = noise(4000 << 32, count * dims)
      let second = zip(first, noise(4001 << 32, count * dims)).map { 0.5 * $0 + 0.5 * $1 }
      _ = x.floats.update(from: first + second)
      let (loss, gradient) = try lossOf(method, x, engine)
      let expected: [Double] = try file.read("\(name)/\(deviation)/loss")
      #expect(abs(loss - expected[0]) < 1e-5 * abs(expected[0]))
      for (key, rows) in [("du", 0..<count), ("dv", count..<2 * count)] {
        let path = "\(name)/\(deviation)/\(key)"
        let reference: [Float] = try file.read(path)
        let stride =
          try file.hasAttribute("stride", on: path) ? Int(file.intAttribute("stride", on: path)) : 1
        let values = sampled(Array(gradient[rows].floats), stride: stride)
        #expect(relativeError(values, reference) < 1e-3, "\(deviation) \(key)")
      }
    }
  }

  /// Columns that do not vary, and a single sample: finite, and right where known.
  @Test(arguments: ["biased", "unbiased"])
  func extremes(deviation: String) throws {
    let engine = try Engine()
    let method = try methods.make(["name": "barlowtwins", "deviation": .text(deviation)])
    for rows in [2, 8] {
      let constant = Matrix(engine.pool, rows: rows, columns: 4)
      constant.floats.update(repeating: 0.5)
      let (loss, gradient) = try lossOf(method, constant, engine)
      #expect(loss == 4)
      #expect(gradient.floats.allSatisfy { $0 == 0 })
    }
  }

  @Test func refusesImpossibleOptions() throws {
    #expect(throws: (any Error).self) {
      try methods.make(["name": "barlowtwins", "deviation": "biassed"])
    }
    #expect(throws: (any Error).self) { try methods.make(["name": "barlowtwins", "lambda": -1]) }
    #expect(throws: (any Error).self) {
      try methods.make(["name": "barlowtwins", "temperature": 0.5])
    }
  }
}
