import Catalogues
import Kernels
import Tensors
import Views

/// A third modality, as a program of one's own may add one: pictures of five spectral bands, as
/// Float32. A view is a part of the picture, moved round its edges, with noise.
struct Bands: PlugIn, Modality {
  static let name = "bands"
  static let summary = "pictures of five bands"
  static let form = SampleForm(.dense, .float32)
  static let count = 5
  static let channels: Int? = count

  struct Options: Codable, Sendable {
    /// Deviation of the noise.
    var noise = 0.1
  }

  static let defaults = Options()
  private let options: Options

  init(_ options: Options) { self.options = options }

  /// Sum and sum of squares of a sample's numbers, and how many they are.
  func makeTally() -> ((Sample) -> [Double])? {
    { sample in
      sample.bytes.bindMemory(to: Float.self).reduce(into: [0, 0, 0]) {
        $0[0] += Double($1)
        $0[1] += Double($1) * Double($1)
        $0[2] += 1
      }
    }
  }

  func statistics(ofSums sums: [Double]) -> [String: Double] {
    guard sums.count == 3 else { return [:] }
    let mean = sums[0] / sums[2]
    return ["mean": mean, "deviation": (sums[1] / sums[2] - mean * mean).squareRoot()]
  }

  func makeViews(
    shape: ViewShape, statistics: [String: Double], kernels: MotetKernels
  ) throws -> any ViewMaker {
    guard shape.channels == Self.count else {
      throw ConfigurationError("channels", "\(shape.channels) is not \(Self.count); set stems: own")
    }
    guard let mean = statistics["mean"], let deviation = statistics["deviation"] else {
      throw ConfigurationError("", "the store has no mean and deviation; import the data again")
    }
    return BandViews(shape, mean: Float(mean), deviation: Float(deviation), Float(options.noise))
  }
}

private final class BandViews: ViewMaker {
  private let shape: ViewShape
  private let mean: Float
  private let deviation: Float
  private let noise: Float

  init(_ shape: ViewShape, mean: Float, deviation: Float, _ noise: Float) {
    self.shape = shape
    self.mean = mean
    self.deviation = deviation
    self.noise = noise
  }

  func trainingView(
    of sample: Sample, random: inout RandomStream, into view: UnsafeMutableBufferPointer<Float>
  ) {
    let (down, right) = (random.index(below: shape.side), random.index(below: shape.side))
    draw(sample, down: down, right: right, into: view)
    for i in 0..<view.count { view[i] += noise * (2 * random.uniform() - 1) }
  }

  func evaluationView(of sample: Sample, into view: UnsafeMutableBufferPointer<Float>) {
    draw(sample, down: 0, right: 0, into: view)
  }

  /// The first three bands.
  func picture(of view: UnsafeBufferPointer<Float>) -> [UInt8] {
    (0..<shape.side * shape.side * 3).map { i in
      UInt8(max(0, min(255, 128 + 64 * view[i / 3 * shape.channels + i % 3])))
    }
  }

  private func draw(
    _ sample: Sample, down: Int, right: Int, into view: UnsafeMutableBufferPointer<Float>
  ) {
    let values = sample.bytes.bindMemory(to: Float.self)
    let (height, width, bands) = (sample.shape[0], sample.shape[1], sample.shape[2])
    for y in 0..<shape.side {
      for x in 0..<shape.side {
        let row = (y + down) % shape.side * height / shape.side
        let column = (x + right) % shape.side * width / shape.side
        for band in 0..<bands {
          view[(y * shape.side + x) * bands + band] =
            (values[(row * width + column) * bands + band] - mean) / deviation
        }
      }
    }
  }
}
