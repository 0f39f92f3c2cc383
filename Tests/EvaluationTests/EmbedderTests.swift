import Datasets
import Encoders
import Evaluation
import Layers
import Tensors
import TestSupport
import Testing
import Views

@Suite struct EmbedderTests {
  /// A view is noise by the sample's byte and the view's index, or by the random stream.
  private final class ByteViews: ViewMaker {
    let evaluationViewCount: Int
    init(_ count: Int) { evaluationViewCount = count }

    func trainingView(
      of sample: Sample, random: inout RandomStream, into view: UnsafeMutableBufferPointer<Float>
    ) {
      for i in view.indices { view[i] = Float(sample.bytes[0]) / 100 + random.uniform() }
    }
    func evaluationView(of sample: Sample, into view: UnsafeMutableBufferPointer<Float>) {
      evaluationView(of: sample, index: 0, into: view)
    }
    func evaluationView(
      of sample: Sample, index: Int, into view: UnsafeMutableBufferPointer<Float>
    ) {
      _ = view.update(from: noise(UInt64(sample.bytes[0]) << 32 + UInt64(index), view.count))
    }
    func picture(of view: UnsafeBufferPointer<Float>) -> [UInt8] { [] }
  }

  private let encoder: any Encoder
  private let parameters: ParameterVector

  init() throws {
    encoder = try encoders.make([
      "name": "vit", "input": 16, "patch": 8, "width": 64, "depth": 1, "heads": 2, "mlp": 64,
      "hidden": 32, "hidden_norm": true, "projection": 20,
    ])
    parameters = ParameterVector(encoder.layout)
    encoder.initialise(parameters, seed: 3)
  }

  private func samples(_ numbers: Range<Int>) -> SampleSet {
    SampleSet(
      modality: "image", labels: [Int32](repeating: 0, count: numbers.count), shape: [1],
      bytes: numbers.map(UInt8.init))
  }

  private func embed(
    _ numbers: Range<Int>, views: Int = 1, output: Embedder.Output = .features, threads: Int = 1
  ) throws -> [Float] {
    let embedder = Embedder(encoder: encoder, output: output, try Engine(threads: threads))
    return embedder.embed(
      samples(numbers), (0..<threads).map { _ in ByteViews(views) }, parameters)
  }

  /// A sample's features have the same bits whatever is embedded with it, on any threads: batches
  /// may be cut anywhere.
  @Test(arguments: [(Embedder.Output.features, 64), (.projection, 20), (.view, 256)])
  func doNotDependOnTheOthers(output: Embedder.Output, dimension: Int) throws {
    let all = try embed(0..<70, output: output)
    #expect(all.count == 70 * dimension)
    for part in [0..<1, 31..<33, 40..<70] {
      let expected = Array(all[part.lowerBound * dimension..<part.upperBound * dimension])
      let found = try embed(part, output: output)
      #expect(found == expected, "\(part)")
    }
    let threads = try embed(0..<70, output: output, threads: 3)
    #expect(threads == all)
    let none = try embed(0..<0, output: output)
    #expect(none == [])
  }

  /// Several views of a sample come to the mean of their features, also where a batch ends between
  /// them.
  @Test func averagesViews() throws {
    let engine = try Engine()
    let found = try embed(0..<40, views: 3)
    for sample in [0, 10, 11, 39] {
      let input = FeatureMap(
        engine.pool, images: 3, channels: 3, height: 16, width: 16, layout: .plain)
      for view in 0..<3 {
        (input.pointer + view * input.imageCount).update(
          from: noise(UInt64(sample) << 32 + UInt64(view), input.imageCount),
          count: input.imageCount)
      }
      let features = encoder.infer(input, of: "image", parameters, engine).features
      let mean = (0..<64).map { column in
        (0..<3).reduce(Float(0)) { $0 + features.pointer[$1 * 64 + column] / 3 }
      }
      #expect(Array(found[sample * 64..<(sample + 1) * 64]) == mean, "\(sample)")
    }
  }

  /// The mean of its channels, and of several views, place by place.
  @Test func aViewIsItsOwnFeature() throws {
    let found = try embed(0..<40, views: 2, output: .view)
    for sample in [0, 39] {
      let views = (0..<2).map { noise(UInt64(sample) << 32 + UInt64($0), 256 * 3) }
      for pixel in 0..<256 {
        let values = views.map { view in (0..<3).reduce(0) { $0 + view[3 * pixel + $1] } / 3 }
        let mean = (values[0] + values[1]) / 2
        #expect(abs(found[sample * 256 + pixel] - mean) < 1e-6)
      }
    }
  }

  /// A training view draws from its sample's own stream.
  @Test func trainingViewsComeFromTheirStreams() throws {
    let embedder = Embedder(encoder: encoder, try Engine())
    func embed(_ numbers: Range<Int>, seed: UInt64) -> [Float] {
      embedder.embed(samples(numbers), [ByteViews(1)], parameters) {
        RandomStream(seed: seed, purpose: .sampling, sample: $0 + numbers.lowerBound)
      }
    }
    let all = embed(0..<40, seed: 1)
    #expect(embed(0..<40, seed: 1) == all && embed(0..<40, seed: 2) != all)
    #expect(embed(35..<40, seed: 1) == Array(all[35 * 64..<40 * 64]))
  }

  /// Embedding leaves the model as it is, running statistics included.
  @Test func leavesTheModelAsItIs() throws {
    let before = bits(parameters)
    _ = try embed(0..<10, output: .projection)
    #expect(bits(parameters) == before)
  }
}
