import Catalogues
import Foundation
import HDF5
import Layers
import Methods
import Tensors
import TestSupport
import Testing

/// Against PyTorch (Fixtures/fedanchor.py).
@Suite struct FedAnchorTests {
  @Test(arguments: ["n3d4c2", "n8d16c5", "n64d96c10"], ["client", "sure", "server"])
  func equalsPyTorch(name: String, kind: String) throws {
    let file = try fixture(Bundle.module, "fedanchor.h5")
    let (count, classes) = (
      Int(try file.intAttribute("count", on: name)),
      Int(try file.intAttribute("classes", on: name))
    )
    let threshold = kind == "sure" ? try file.doubleAttribute("threshold", on: name) : -1
    let trial = try MethodTrial(
      [
        "name": "fedanchor", "classes": .whole(classes), "contrast": 2,
        "threshold": .number(threshold),
      ], samples: count, columns: Int(try file.intAttribute("dims", on: name)), try Engine())
    let result =
      kind == "server" ? trial.loss(labels: (0..<count).map { $0 * 3 % classes }) : trial.loss()
    let path = "\(name)/\(kind)"
    let expected: [Double] = try file.read("\(path)/loss")
    #expect(abs(result.loss - expected[0]) < 1e-5 * expected[0])
    let features = try #require(result.features)
    for (key, rows) in [("projection", result.projection), ("features", features)] {
      let reference: [Float] = try file.read("\(path)/\(key)")
      let stride = Int(try file.intAttribute("stride", on: "\(path)/\(key)"))
      let values = sampled(Array(rows.floats), stride: stride)
      guard reference.contains(where: { $0 != 0 }) else {
        #expect(values.allSatisfy { $0 == 0 }, "\(key)")
        continue
      }
      #expect(relativeError(values, reference) < 1e-3, "\(key)")
    }
    #expect(try wrongGradients(trial.gradient, file, path) == [])
    guard kind != "server" else { return }
    // Whom the global model is not sure of, no gradient comes from.
    let labels: [Int32] = try file.read("\(path)/labels")
    for (sample, label) in labels.enumerated() {
      let row = features[count + sample..<count + sample + 1].floats
      #expect(row.allSatisfy { $0 == 0 } == (label < 0), "sample \(sample)")
    }
  }

  /// Labels come from the global model's sight of the plain views, not from what is trained.
  @Test func labelsAreTheGlobalModels() throws {
    let trial = try MethodTrial("fedanchor", samples: 6, columns: 16, try Engine())
    let before = trial.loss()
    for i in trial.projection.floats.indices { trial.projection.floats[i] *= -1 }
    #expect(trial.loss().loss == before.loss)
    let turned = try #require(trial.teachers[.global])
    for i in turned.floats.indices { turned.floats[i] *= -1 }
    #expect(trial.loss().loss != before.loss)
  }

  /// A class with one sample, rows far apart, and a small temperature: finite.
  @Test func extremes() throws {
    let trial = try MethodTrial(
      ["name": "fedanchor", "temperature": 0.001], samples: 4, columns: 8, try Engine())
    for i in trial.features.floats.indices { trial.features.floats[i] *= 1e4 }
    for labels in [[0, 1, 2, 3], [5, 5, 5, 5]] {
      let result = trial.loss(labels: labels)
      #expect(result.loss.isFinite && result.projection.floats.allSatisfy { $0.isFinite })
    }
  }

  @Test func impossibleOptionsAreRefused() {
    for (option, value, said) in [
      ("classes", 1, "classes: 1 is outside 2 to 65536"),
      ("threshold", 2, "threshold: 2.0 is outside -1 to 1"),
    ] as [(String, Tree, String)] {
      let settings = (["name": "fedanchor"] as Tree).with([option: value])
      #expect(message { _ = try methods.make(settings) } == said)
    }
  }
}
