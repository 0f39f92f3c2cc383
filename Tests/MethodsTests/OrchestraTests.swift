import Catalogues
import Foundation
import HDF5
import Layers
import Methods
import Tensors
import TestSupport
import Testing

/// Against PyTorch (Fixtures/orchestra.py).
@Suite struct OrchestraTests {
  @Test(arguments: ["n3d4k2", "n8d16k5", "n64d96k128"]) func equalsPyTorch(name: String) throws {
    let file = try fixture(Bundle.module, "orchestra.h5")
    let clusters = Int(try file.intAttribute("clusters", on: name))
    let trial = try MethodTrial(
      ["name": "orchestra", "clusters": .whole(clusters)],
      samples: Int(try file.intAttribute("count", on: name)),
      columns: Int(try file.intAttribute("dims", on: name)), try Engine())
    let result = trial.loss()
    let expected: [Double] = try file.read("\(name)/loss")
    #expect(abs(result.loss - expected[0]) < 1e-5 * expected[0])
    let reference: [Float] = try file.read("\(name)/projection")
    let stride = Int(try file.intAttribute("stride", on: "\(name)/projection"))
    let values = sampled(Array(result.projection.floats), stride: stride)
    #expect(relativeError(values, reference) < 1e-3)
    #expect(try wrongGradients(trial.gradient, file, name) == [])
  }

  /// The last projections, the oldest first; a client's memory begins empty.
  @Test func theMemoryHasTheLastRows() throws {
    let engine = try Engine()
    let method = try methods.make(["name": "orchestra", "memory": 5])
    let memory = try #require(
      method.makeMemory(projection: 2, modalities: ["image"], engine.pool) as? Orchestra.Memory)
    func enter(_ range: Range<Int>) {
      let rows = Matrix(engine.pool, rows: range.count, columns: 2)
      _ = rows.floats.update(from: range.flatMap { [Float($0), 0] })
      memory.enter(rows)
    }
    #expect(memory.projections.isEmpty)
    enter(0..<3)
    #expect(memory.projections.map { $0[0] } == [0, 1, 2])
    enter(3..<10)
    #expect(memory.projections.map { $0[0] } == [5, 6, 7, 8, 9])
    var random = RandomStream(seed: 1, purpose: .methodMemory)
    memory.reset(&random)
    #expect(memory.projections.isEmpty)
  }

  /// Fresh centroids are directions.
  @Test func centroidsBeginAsDirections() throws {
    var method = try methods.make(["name": "orchestra", "clusters": 7])
    var layout = ParameterLayout()
    try method.extend(&layout, features: 16, projection: 12)
    let parameters = ParameterVector(layout)
    method.initialise(parameters, seed: 3)
    let entry = try #require(layout.entry(Orchestra.centroids))
    #expect(entry.shape == [7, 12] && !entry.trainable)
    for row in 0..<7 {
      let values = parameters[entry.range][row * 12..<(row + 1) * 12]
      #expect(abs(norm(values) - 1) < 1e-6)
    }
  }
}
