import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing

@testable import Federation

/// Orchestra's clusterings, against NumPy and PyTorch (Fixtures/clustering.py).
@Suite struct ClusteringTests {
  private struct Case {
    let file: HDF5File
    let name: String
    let rows: [[Float]]
    let centroids: [[Float]]

    init(_ name: String) throws {
      file = try fixture(Bundle.module, "clustering.h5")
      self.name = name
      let dims = Int(try file.intAttribute("dims", on: name))
      rows = Self.directions(1, Int(try file.intAttribute("count", on: name)), dims)
      centroids = Self.directions(2, Int(try file.intAttribute("clusters", on: name)), dims)
    }

    private static func directions(_ number: Int, _ count: Int, _ dims: Int) -> [[Float]] {
      let values = noise(UInt64(number) << 32, count * dims)
      return (0..<count).map { row in
        let own = values[row * dims..<(row + 1) * dims]
        return own.map { Float(Double($0) / norm(own)) }
      }
    }

    /// The largest difference from the fixture's.
    func distance(_ found: [Double], _ what: String) throws -> Double {
      let expected: [Double] = try file.read("\(name)/\(what)")
      guard found.count == expected.count else { return .infinity }
      return zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    }
  }

  static let cases = ["n6d3k2", "n40d8k5", "n96d16k12"]

  @Test(arguments: cases) func sinkhornEqualsNumPy(name: String) throws {
    let data = try Case(name)
    let cosines = data.rows.flatMap { row in
      data.centroids.map { centroid in
        Float(zip(row, centroid).reduce(0.0) { $0 + Double($1.0) * Double($1.1) })
      }
    }
    let found = cosines.withUnsafeBufferPointer {
      Sinkhorn.assignments($0, clusters: data.centroids.count)
    }
    #expect(try data.distance(found, "sinkhorn") < 1e-5)
  }

  @Test(arguments: cases) func localClustersEqualNumPy(name: String) throws {
    let data = try Case(name)
    let found = EqualClusters.centroids(of: data.rows, clusters: data.centroids.count)
    #expect(try data.distance(found.joined().map(Double.init), "local") < 1e-5)
  }

  @Test(arguments: cases, [1, 40]) func globalClustersEqualPyTorch(name: String, steps: Int) throws
  {
    let (data, engine) = (try Case(name), try Engine())
    func matrix(_ rows: [[Float]]) -> Matrix {
      let matrix = Matrix(engine.pool, rows: rows.count, columns: rows[0].count)
      _ = matrix.floats.update(from: Array(rows.joined()))
      return matrix
    }
    let centroids = matrix(data.centroids)
    GlobalClusters(temperature: 0.1, steps: steps).move(
      centroids, toward: matrix(data.rows), engine)
    #expect(try data.distance(centroids.floats.map(Double.init), "global/\(steps)") < 1e-5)
  }

  /// Fewer rows than clusters, and rows that are all the same: directions still.
  @Test func extremes() {
    let same = [[Float]](repeating: [0.6, 0.8], count: 3)
    for rows in [same, [[1, 0]]] {
      let found = EqualClusters.centroids(of: rows, clusters: 16)
      #expect(found.count == rows.count)
      #expect(found.allSatisfy { abs(norm($0) - 1) < 1e-6 })
    }
  }
}
