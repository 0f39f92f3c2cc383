import Catalogues
import Encoders
import Foundation
import Layers
import Tensors
import TestSupport
import Testing

/// What every encoder of the catalogue keeps, by its name alone, with its defaults but for a small
/// input and BatchNorm in the head.
@Suite struct EncoderConformanceTests {
  /// Encoders with other options than their defaults, each with the `name` that it goes by.
  private static let variants: [String: Tree] = [
    "resnet18, norms: statistics": [
      "name": "resnet18", "norms": "statistics", "norm_modalities": ["audio", "image"],
    ],
    "resnet18, norms: own": [
      "name": "resnet18", "norms": "own", "norm_modalities": ["image", "audio"],
    ],
  ]
  private static let names = encoders.names + variants.keys.sorted()

  /// An encoder, its parameters, and a batch of two views of noise.
  private struct Trial {
    let encoder: any Encoder
    let engine: Engine
    let parameters: ParameterVector
    let views: FeatureMap
    let slopes: EncoderGradient

    /// - Parameter initial: values to start from, which take seconds to be drawn anew.
    init(
      _ name: String, samples: Int, from initial: ParameterVector? = nil, _ engine: Engine
    ) throws {
      let settings: Tree = [
        "name": .text(name), "input": 64, "hidden": 32, "hidden_norm": true, "projection": 24,
      ]
      encoder = try encoders.make(
        settings.with(EncoderConformanceTests.variants[name] ?? [:]))
      self.engine = engine
      parameters = ParameterVector(encoder.layout)
      if let initial { parameters.assign(initial) } else { encoder.initialise(parameters, seed: 7) }
      let images = 2 * samples
      views = encoder.makeViews(of: "image", count: images, engine)
      _ = views.buffer.floats.update(from: noise(1000 << 32, views.buffer.floats.count))
      func rows(_ seed: UInt64, _ columns: Int) -> Matrix {
        let matrix = Matrix(engine.pool, rows: images, columns: columns)
        _ = matrix.floats.update(from: noise(seed << 32, images * columns))
        return matrix
      }
      slopes = EncoderGradient(
        projection: rows(2000, encoder.projectionCount), features: rows(2001, encoder.featureCount))
    }

    func forward(recompute: Bool = false) -> (output: EncoderOutput, saved: EncoderSaved) {
      encoder.forward(
        views, of: "image", groups: 2, recompute: recompute, parameters, engine)
    }

    /// A training pass there and back; what is compared is the output, the gradient and the moved
    /// statistics.
    func bits(recompute: Bool = false) -> [[UInt32]] {
      let (output, saved) = forward(recompute: recompute)
      let gradient = ParameterVector(encoder.layout)
      encoder.backward(slopes, saved, parameters, into: gradient, engine)
      return [output.features.floats, output.projection.floats, gradient.floats, parameters.floats]
        .map { $0.map(\.bitPattern) }
    }
  }

  @Test(arguments: encoders.names) func defaultsResolveToThemselves(name: String) throws {
    let (once, twice) = try resolvedTwice(name, in: encoders)
    #expect(twice == once)
  }

  /// The parameters' gradient of a loss that looks at projections and features, against finite
  /// differences. ReLUs make kinks, and BatchNorm of few values curves: of several steps the best
  /// counts, within 2 %.
  @Test(arguments: names) func gradientIsTheSlope(name: String) throws {
    let trial = try Trial(name, samples: 4, try Engine())
    func loss() -> Double {
      let output = trial.forward().output
      return zip(
        [output.projection, output.features],
        [trial.slopes.projection, trial.slopes.features!]
      ).reduce(0) { sum, pair in
        zip(pair.0.floats, pair.1.floats).reduce(sum) { $0 + Double($1.0) * Double($1.1) }
      }
    }
    let (_, saved) = trial.forward()
    let gradient = ParameterVector(trial.encoder.layout)
    // Backward may use up the rows that it is given.
    func copy(_ matrix: Matrix) -> Matrix {
      let other = Matrix(trial.engine.pool, rows: matrix.rows, columns: matrix.columns)
      _ = other.floats.update(from: matrix.floats)
      return other
    }
    trial.encoder.backward(
      EncoderGradient(
        projection: copy(trial.slopes.projection), features: copy(trial.slopes.features!)),
      saved, trial.parameters, into: gradient, trial.engine)
    for entry in trial.encoder.layout.entries where !entry.trainable {
      #expect(gradient[entry.range].allSatisfy { $0 == 0 }, "\(entry.name)")
    }
    let errors = ([2e-3, 5e-4, 1e-4] as [Float]).map {
      worstSlopeError(
        of: trial.parameters.floats, gradient: Array(gradient.floats), step: $0, loss: loss)
    }
    #expect(errors.min()! < 2e-2, "\(errors)")
  }

  /// The same bits for all lanes that fuse multiply and add, for all threads, and with less saved.
  @Test(arguments: names) func sameBitsHoweverItIsDone(name: String) throws {
    let fused = try Engine.availableLanes.filter { try Engine(lanes: $0).kernels.fused == 1 }
    let widest = fused.last ?? 4
    let first = try Trial(name, samples: 3, Engine(lanes: widest))
    let initial = first.parameters.copy()
    let expected = first.bits()
    for lanes in fused {
      let found = try Trial(name, samples: 3, from: initial, Engine(lanes: lanes)).bits()
      #expect(found == expected, "\(lanes) lanes")
    }
    for (threads, recompute) in [(2, false), (1, true), (3, true)] {
      let found = try Trial(
        name, samples: 3, from: initial, Engine(lanes: widest, threads: threads)
      )
      .bits(recompute: recompute)
      #expect(found == expected, "\(threads) threads, recompute: \(recompute)")
    }
  }

  /// Inference has the shapes of training, changes no parameter, and a row does not depend on the
  /// others.
  @Test(arguments: names) func infersWhatItTrains(name: String) throws {
    let trial = try Trial(name, samples: 3, try Engine())
    let output = trial.forward().output
    let before = bits(trial.parameters)
    let inferred = trial.encoder.infer(trial.views, of: "image", trial.parameters, trial.engine)
    #expect(bits(trial.parameters) == before)
    for (a, b, columns) in [
      (output.features, inferred.features, trial.encoder.featureCount),
      (output.projection, inferred.projection, trial.encoder.projectionCount),
    ] {
      #expect(a.rows == trial.views.images && b.rows == a.rows)
      #expect(a.columns == columns && b.columns == columns)
    }
    let first = trial.encoder.makeViews(of: "image", count: 1, trial.engine)
    first.pointer.update(from: trial.views.pointer, count: first.imageCount)
    let alone = trial.encoder.infer(first, of: "image", trial.parameters, trial.engine)
    #expect(Array(alone.features.floats) == Array(inferred.features[0..<1].floats))
    #expect(Array(alone.projection.floats) == Array(inferred.projection[0..<1].floats))
  }

  /// Fresh values depend on the seed alone, every parameter gets one, the head goes by its name.
  @Test(arguments: encoders.names) func initialisesAllOfItsParameters(name: String) throws {
    let encoder = try encoders.make(["name": .text(name), "input": 32])
    func fresh(_ seed: UInt64) -> ParameterVector {
      let parameters = ParameterVector(encoder.layout)
      parameters.floats.update(repeating: .nan)
      encoder.initialise(parameters, seed: seed)
      return parameters
    }
    let parameters = fresh(1)
    #expect(parameters.floats.allSatisfy { $0.isFinite })
    #expect(bits(fresh(1)) == bits(parameters) && bits(fresh(2)) != bits(parameters))
    #expect(encoder.layout.entries.contains { $0.name.hasPrefix(encoder.headName) })
    #expect(encoder.forwardOperations > 0)
  }
}
