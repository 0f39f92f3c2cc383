import Kernels
import Tensors

/// Draws views of images.
///
/// Works in planes of floats and writes channels last at the end. Each random choice is drawn
/// whether it is needed or not, so that one probability does not move the draws after it.
final class ImageViews: ViewMaker {
  private let options: Image.Options
  private let shape: ViewShape
  private let kernels: MotetKernels
  private let planes: Scratch
  private let sums: Scratch
  private let resampler: Resampler
  private let blur: GaussianBlur
  private let mean: [Float]
  private let inverse: [Float]

  init(_ options: Image.Options, _ shape: ViewShape, kernel: Int, _ kernels: MotetKernels) {
    self.options = options
    self.shape = shape
    self.kernels = kernels
    planes = Scratch(3 * shape.side * shape.side)
    sums = Scratch(shape.side)
    resampler = Resampler(side: shape.side, kernels: kernels)
    blur = GaussianBlur(side: shape.side, kernel: kernel, kernels: kernels)
    func grey(_ values: [Double]) -> Double {
      0.2989 * values[0] + 0.587 * values[1] + 0.114 * values[2]
    }
    let isGrey = shape.channels == 1
    mean = (isGrey ? [grey(options.mean)] : options.mean).map { Float($0) }
    inverse = (isGrey ? [grey(options.deviation)] : options.deviation).map { Float(1 / $0) }
  }

  func trainingView(
    of sample: Sample, random: inout RandomStream, into view: UnsafeMutableBufferPointer<Float>
  ) {
    let (image, height, width) = pixels(of: sample)
    let box = randomCrop(
      height: height, width: width, area: options.crop.area, aspect: options.crop.aspect,
      random: &random)
    let planes = Planes(side: shape.side, values: planes.base)
    resampler.resample(image, width: width, box: box, into: planes.values)
    jitter(planes, &random)
    let isGrey = random.chance(Float(options.grey)) || shape.channels == 1
    if isGrey { planes.makeGrey() }
    let isBlurred = random.chance(Float(options.blur.probability))
    let sigma = random.uniform(
      in: Float(options.blur.sigma[0])...Float(options.blur.sigma[1]))
    if isBlurred { blur.blur(planes.values, planes: isGrey ? 1 : 3, sigma: sigma) }
    let flip = random.chance(Float(options.flip))
    write(planes, isGrey: isGrey, flip: flip, into: view)
  }

  func evaluationView(of sample: Sample, into view: UnsafeMutableBufferPointer<Float>) {
    let (image, height, width) = pixels(of: sample)
    let planes = Planes(side: shape.side, values: planes.base)
    resampler.fill(image, height: height, width: width, into: planes.values)
    if shape.channels == 1 { planes.makeGrey() }
    write(planes, isGrey: shape.channels == 1, flip: false, into: view)
  }

  /// Undoes the normalisation.
  func picture(of view: UnsafeBufferPointer<Float>) -> [UInt8] {
    (0..<shape.side * shape.side * 3).map { i in
      let channel = shape.channels == 3 ? i % 3 : 0
      let value = view[i / 3 * shape.channels + channel] / inverse[channel] + mean[channel]
      return UInt8(max(0, min(255, (255 * value).rounded())))
    }
  }

  private func pixels(of sample: Sample) -> (UnsafePointer<UInt8>, height: Int, width: Int) {
    let extent = sample.shape
    precondition(
      extent.count == 3 && extent[2] == 3 && extent[0] > 0 && extent[1] > 0
        && sample.bytes.count == extent[0] * extent[1] * 3,
      "an image of shape \(extent) in \(sample.bytes.count) bytes")
    return (
      sample.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), extent[0], extent[1]
    )
  }

  private func jitter(_ planes: Planes, _ random: inout RandomStream) {
    let settings = options.jitter
    let applies = random.chance(Float(settings.probability))
    func factor(_ strength: Double, _ random: inout RandomStream) -> Float {
      random.uniform(in: Float(1 - strength)...Float(1 + strength))
    }
    let brightness = factor(settings.brightness, &random)
    let contrast = factor(settings.contrast, &random)
    let saturation = factor(settings.saturation, &random)
    let hue = random.uniform(in: Float(-settings.hue)...Float(settings.hue))
    // The four in random order, by a shuffle in place (no array).
    var order = SIMD4<UInt8>(0, 1, 2, 3)
    for i in stride(from: 3, to: 0, by: -1) {
      let j = random.index(below: i + 1)
      (order[i], order[j]) = (order[j], order[i])
    }
    guard applies else { return }
    for i in 0..<4 {
      switch order[i] {
      case 0: if settings.brightness > 0 { planes.adjustBrightness(brightness) }
      case 1: if settings.contrast > 0 { planes.adjustContrast(contrast, sums: sums.base) }
      case 2: if settings.saturation > 0 { planes.adjustSaturation(saturation) }
      default: if settings.hue > 0 { planes.adjustHue(hue, kernels) }
      }
    }
  }

  /// Normalises, flips and interleaves. A grey image has its first plane alone.
  private func write(
    _ planes: Planes, isGrey: Bool, flip: Bool, into view: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(view.count == shape.count, "a view of \(view.count) values for \(shape)")
    let side = shape.side
    let channels = shape.channels
    for channel in 0..<channels {
      let source = isGrey ? planes.red : planes.values + channel * planes.count
      let target = view.baseAddress! + channel
      let mean = mean[channel]
      let inverse = inverse[channel]
      for y in 0..<side {
        let row = source + y * side
        let out = target + y * side * channels
        if flip {
          for x in 0..<side { out[(side - 1 - x) * channels] = (row[x] - mean) * inverse }
        } else {
          for x in 0..<side { out[x * channels] = (row[x] - mean) * inverse }
        }
      }
    }
  }
}
