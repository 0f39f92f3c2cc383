import Catalogues
import Foundation
import Layers
import Methods
import Tensors
import TestSupport
import Testing

/// What every method of the catalogue keeps, by its name alone. What needs whole training steps is
/// in `MethodStepTests`.
@Suite struct MethodConformanceTests {
  /// Every method, and every term added to one.
  static let all: [Tree] =
    methods.names.map { .text($0) }
    + lossTerms.names.map { ["name": "simclr", "add": [.text($0)]] }

  /// The options that hold by default make a method, and resolve to themselves.
  @Test(arguments: methods.names) func defaultsResolveToThemselves(name: String) throws {
    let (once, twice) = try resolvedTwice(name, in: methods)
    #expect(twice == once)
  }

  @Test(arguments: lossTerms.names) func termsResolveToThemselves(name: String) throws {
    let (once, twice) = try resolvedTwice(name, in: lossTerms)
    #expect(twice == once)
    let settings: Tree = ["name": "byol", "add": [.text(name)]]
    let resolved = try resolveMethod(settings)
    #expect(try resolveMethod(resolved) == resolved && resolved["add"] == [once])
  }

  /// The gradients of projections, of features where the loss looks at them, and of the method's
  /// own parameters, against finite differences. A predictor's ReLUs make kinks: 1 %.
  @Test(arguments: all) func gradientsAreSlopes(settings: Tree) throws {
    let trial = try MethodTrial(settings, samples: 6, columns: 32, try Engine())
    func loss() -> Double {
      trial.resetMemory()
      return trial.loss().loss
    }
    trial.resetMemory()
    let result = trial.loss()
    // What no step moves has no gradient.
    let own = Array(trial.gradient.floats)
    let trainable = trial.parameters.layout.entries.filter(\.trainable).map(\.range)
    for (what, values, gradient) in [
      ("projection", trial.projection.floats, Array(result.projection.floats)),
      (
        "features", trial.features.floats,
        result.features.map { Array($0.floats) }
          ?? [Float](repeating: 0, count: trial.features.floats.count)
      ),
      ("parameters", trial.parameters.floats, own),
    ] where !values.isEmpty {
      #expect(gradient.allSatisfy { $0.isFinite }, "\(what)")
      guard norm(gradient) > 0 else {
        // What has no gradient changes nothing.
        let before = loss()
        for i in values.indices { values[i] += 0.25 }
        #expect(loss() == before, "\(what)")
        continue
      }
      let worst = worstSlopeError(
        of: values, gradient: gradient, step: 2e-3,
        isFree: { i in what != "parameters" || trainable.contains { $0.contains(i) } }, loss: loss)
      #expect(worst < 1e-2, "\(what)")
    }
    for entry in trial.parameters.layout.entries where !entry.trainable {
      #expect(trial.gradient[entry.range].allSatisfy { $0 == 0 }, "\(entry.name)")
    }
  }

  /// A loss adds to the gradient of the method's parameters, and leaves what it is given as it is,
  /// but for running statistics.
  @Test(arguments: all) func inputsStayAsTheyAre(settings: Tree) throws {
    let trial = try MethodTrial(settings, samples: 4, columns: 32, try Engine())
    func inputs() -> [[UInt32]] {
      [trial.features, trial.projection, trial.target].map {
        $0.floats.map(\.bitPattern)
      }
        + trial.parameters.layout.entries.filter(\.trainable).map {
          trial.parameters[$0.range].map(\.bitPattern)
        }
    }
    let before = inputs()
    _ = trial.loss()
    #expect(inputs() == before)
  }

  /// The same bits of loss and gradients for all lanes that fuse multiply and add, and threads.
  @Test(arguments: all) func sameBitsForAllLanesAndThreads(settings: Tree) throws {
    func bits(_ engine: Engine) throws -> [UInt32] {
      let trial = try MethodTrial(settings, samples: 7, columns: 40, engine)
      // Twice, so that what a memory keeps counts too.
      return (0..<2).flatMap { _ -> [UInt32] in
        let result = trial.loss()
        let loss = result.loss.bitPattern
        return [UInt32(truncatingIfNeeded: loss), UInt32(truncatingIfNeeded: loss >> 32)]
          + [result.projection.floats, result.features?.floats, trial.gradient.floats]
          .compactMap { $0 }.flatMap { $0.map(\.bitPattern) }
      }
    }
    let fused = try Engine.availableLanes.filter { try Engine(lanes: $0).kernels.fused == 1 }
    let expected = try bits(Engine(lanes: fused.last ?? 4))
    for lanes in fused {
      let found = try bits(Engine(lanes: lanes))
      #expect(found == expected, "\(lanes) lanes")
    }
    for threads in [2, 3] {
      let found = try bits(Engine(lanes: fused.last ?? 4, threads: threads))
      #expect(found == expected, "\(threads) threads")
    }
  }

  /// Fresh values depend on the seed alone, and every parameter gets one.
  @Test(arguments: all) func initialisesAllOfItsParameters(settings: Tree) throws {
    var method = try makeMethod(settings)
    var layout = ParameterLayout()
    let before = layout.add("encoder.weight", [40])
    try method.extend(&layout, features: 64, projection: 32)
    func fresh(_ seed: UInt64) -> ParameterVector {
      let parameters = ParameterVector(layout)
      parameters.floats.update(repeating: .nan)
      method.initialise(parameters, seed: seed)
      return parameters
    }
    let parameters = fresh(1)
    #expect(parameters[before].allSatisfy { $0.isNaN }, "the encoder's")
    #expect(parameters.floats[before.upperBound...].allSatisfy { $0.isFinite })
    #expect(bits(fresh(1)) == bits(parameters))
  }
}
