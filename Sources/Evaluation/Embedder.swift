import Catalogues
import Datasets
import Encoders
import Layers
import Tensors
import Views

/// Turns samples into features, with the running statistics and the evaluation views.
///
/// A sample's features do not depend on the samples embedded with it, so ranks can share the work
/// in any way.
public final class Embedder {
  /// What of the encoder's outputs.
  public enum Output: String, WordOption {
    /// Before the head.
    case features = "encoder"
    /// After it; a classifier's logits.
    case projection
    /// The view itself, the mean of its channels: what is known without a network.
    case view

    /// The words that options take for it, and what each is.
    public static let meaning =
      "encoder (before the head), projection (after it), or view: no network at all"

    /// Values a sample.
    public func dimension(of encoder: any Encoder) -> Int {
      switch self {
      case .features: encoder.featureCount
      case .projection: encoder.projectionCount
      case .view: encoder.inputSide * encoder.inputSide
      }
    }
  }

  private let encoder: any Encoder
  private let output: Output
  private let engine: Engine
  /// Views that go through the encoder together.
  private let batch = 32

  public init(encoder: any Encoder, output: Output = .features, _ engine: Engine) {
    self.encoder = encoder
    self.output = output
    self.engine = engine
  }

  /// Values a sample.
  public var dimension: Int { output.dimension(of: encoder) }

  /// Features [samples, dimension]; those of several evaluation views are averaged.
  /// - Parameter makers: one for each thread.
  public func embed(
    _ samples: SampleSet, _ makers: [any ViewMaker], _ parameters: ParameterVector
  ) -> [Float] {
    let views = makers[0].evaluationViewCount
    return embed(samples.count, of: samples.modality, views: views, parameters) {
      index, maker, view in
      samples.withSample(index / views) {
        makers[maker].evaluationView(of: $0, index: index % views, into: view)
      }
    }
  }

  /// Features [samples, dimension] of one training view of each sample.
  /// - Parameter random: the stream that a sample's view draws from.
  public func embed(
    _ samples: SampleSet, _ makers: [any ViewMaker], _ parameters: ParameterVector,
    random: (_ sample: Int) -> RandomStream
  ) -> [Float] {
    embed(samples.count, of: samples.modality, views: 1, parameters) { index, maker, view in
      var stream = random(index)
      samples.withSample(index) {
        makers[maker].trainingView(of: $0, random: &stream, into: view)
      }
    }
  }

  private func embed(
    _ samples: Int, of modality: String, views: Int, _ parameters: ParameterVector,
    draw: (_ index: Int, _ maker: Int, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> [Float] {
    var features = [Float](repeating: 0, count: samples * dimension)
    let total = samples * views
    for first in stride(from: 0, to: total, by: batch) {
      let count = min(batch, total - first)
      let input = encoder.makeViews(of: modality, count: count, engine)
      engine.eachImage(of: input) { place, thread, view in draw(first + place, thread, view) }
      let rows = rows(of: input, modality, parameters)
      for place in 0..<count {
        let start = (first + place) / views * dimension
        for i in 0..<dimension {
          features[start + i] += rows.pointer[place * dimension + i] / Float(views)
        }
      }
    }
    return features
  }

  /// What is asked for, of a batch of views.
  private func rows(
    of views: FeatureMap, _ modality: String, _ parameters: ParameterVector
  ) -> Matrix {
    guard output != .view else { return grey(views) }
    let results = encoder.infer(views, of: modality, parameters, engine)
    return output == .features ? results.features : results.projection
  }

  private func grey(_ views: FeatureMap) -> Matrix {
    let result = Matrix(engine.pool, rows: views.images, columns: dimension)
    let channels = views.channels
    for i in 0..<views.images * dimension {
      let pixel = views.pointer + i * channels
      result.pointer[i] = (0..<channels).reduce(0) { $0 + pixel[$1] } / Float(channels)
    }
    return result
  }
}
