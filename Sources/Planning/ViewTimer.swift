import Catalogues
import Kernels
import Machines
import Tensors
import Views

/// Measures views of a sample of noise, on one thread.
public struct ViewTimer {
  private let maker: any ViewMaker
  private let shape: ViewShape
  private let sample: [Int]
  private let bytes: [UInt8]

  /// - Parameters:
  ///   - sample: one dense sample's shape, or [length] of a sound.
  ///   - settings: the modality with its options.
  public init(
    _ settings: Tree, sample: [Int], shape: ViewShape, kernels: MotetKernels
  ) throws {
    let modality = try modalities.make(settings)
    maker = try modality.makeViews(
      shape: shape, statistics: Self.statistics, kernels: kernels)
    self.shape = shape
    self.sample = sample
    bytes = noise(type(of: modality).form, sample)
  }

  /// Those of no data set: what a view costs does not depend on them.
  static let statistics = ["mean": -3.0, "deviation": 3.0]

  /// Seconds a view. The mean, not the median: a training view's cost depends on what is drawn.
  public func run(views: Int) -> (training: Double, evaluation: Double) {
    var view = [Float](repeating: 0, count: shape.count)
    return bytes.withUnsafeBytes { bytes in
      view.withUnsafeMutableBufferPointer { view in
        let sample = Sample(bytes: bytes, shape: sample)
        let training = Self.time(views) { index in
          var random = RandomStream(seed: 1, purpose: .firstView, sample: index)
          maker.trainingView(of: sample, random: &random, into: view)
        }
        return (
          training, Self.time(views) { _ in maker.evaluationView(of: sample, into: view) }
        )
      }
    }
  }

  private static func time(_ count: Int, _ body: (Int) -> Void) -> Double {
    body(0)
    return seconds { for index in 0..<count { body(index) } } / Double(count)
  }
}

/// The bytes of one sample of noise: whole numbers over all their range, others in [0, 1).
func noise(_ form: SampleForm, _ shape: [Int]) -> [UInt8] {
  var random = RandomStream(seed: 1, purpose: .synthesis)
  let count = shape.reduce(1, *)
  guard form.element == .float32 else {
    return (0..<count * form.element.size).map { _ in UInt8(truncatingIfNeeded: random.next32()) }
  }
  return (0..<count).map { _ in random.uniform() }.withUnsafeBytes { Array($0) }
}
