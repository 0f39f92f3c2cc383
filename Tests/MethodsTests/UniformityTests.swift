import Catalogues
import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing

@testable import Methods

/// Against PyTorch (Fixtures/uniformity.py).
@Suite struct UniformityTests {
  @Test(arguments: ["n3d4s2", "n8d16s6", "n64d96s6"]) func equalsPyTorch(name: String) throws {
    let file = try fixture(Bundle.module, "uniformity.h5")
    let engine = try Engine()
    let columns = Int(try file.intAttribute("dims", on: name))
    let count = Int(try file.intAttribute("count", on: name))
    func rows(_ number: Int, _ count: Int) -> Matrix {
      let matrix = Matrix(engine.pool, rows: count, columns: columns)
      _ = matrix.floats.update(from: noise(UInt64(number) << 32, count * columns))
      return matrix
    }
    let slope = Matrix.zeros(engine.pool, rows: count, columns: columns)
    let loss = Uniformity.distance(
      normalised(rows(1, count), engine).z, normalised(rows(2, count), engine).z,
      from: normalised(rows(3, 1), engine).z,
      along: rows(4, Int(try file.intAttribute("slices", on: name))), share: 1, into: slope, engine)
    let expected: [Double] = try file.read("\(name)/loss")
    #expect(abs(loss - expected[0]) < 1e-5 * expected[0])
    let reference: [Float] = try file.read("\(name)/gradient")
    let stride = Int(try file.intAttribute("stride", on: "\(name)/gradient"))
    #expect(relativeError(sampled(Array(slope.floats), stride: stride), reference) < 1e-3)
  }

  /// Directions that are the point itself, and its opposite: finite.
  @Test func extremes() throws {
    let engine = try Engine()
    let z = Matrix.zeros(engine.pool, rows: 2, columns: 3)
    (z.pointer[0], z.pointer[3]) = (1, -1)
    let slope = Matrix.zeros(engine.pool, rows: 2, columns: 3)
    let loss = Uniformity.distance(
      z, z, from: z[0..<1], along: z, share: 1, into: slope, engine)
    #expect(loss == 0 && slope.floats.allSatisfy { $0 == 0 })
  }

  /// What spreads less than random points do is worse than what spreads as they do.
  @Test func aCollapseIsWorse() throws {
    func loss(_ spread: Float) throws -> Double {
      let trial = try MethodTrial(
        ["name": "simclr", "add": [["name": "uniformity", "of": "features"]]], samples: 16,
        columns: 8, try Engine())
      for i in trial.features.floats.indices {
        trial.features.pointer[i] = 1 + spread * trial.features.pointer[i]
      }
      return trial.loss().loss
    }
    #expect(try loss(0.01) > loss(100))
  }
}
