import Kernels
import Tensors

/// What another voice, another room and another microphone make of a log-mel spectrogram: a random
/// resize crop, noise of a random level and colour under it, then a random gain for each frequency.
///
/// Recordings differ in both, so a network that is to tell samples apart can do so by them alone,
/// and learns nothing of what is heard, unless views differ in them too.
struct RecordingChange {
  /// Knots between which gains are linear along the bands.
  private static let knots = 6
  /// The standard deviation of the logarithm of a Rayleigh distribution, π / √24: that of the
  /// magnitudes of noise.
  private static let spread: Float = 0.641_275
  /// What is done before the spectrogram becomes a picture.
  let crop: SpectrogramCrop
  private let background: ClosedRange<Float>
  private let equaliser: Float
  private let noise = Scratch()
  private let colour = Scratch(knots)
  private let gains = Scratch(knots)

  init(_ options: Audio.Options) {
    crop = SpectrogramCrop(options)
    background = Float(options.background[0])...Float(options.background[1])
    equaliser = Float(options.equaliser)
  }

  /// Changes a picture of logarithms, [side, side]: bands, the lowest first, by frames.
  ///
  /// The logarithm of a sum is nearly that of its larger part (Roweis, "Factorial models and
  /// refiltering for speech separation and denoising", 2003, §2), so that a maximum mixes.
  /// - Parameter moments: the picture's mean and standard deviation.
  func apply(
    to picture: UnsafeMutablePointer<Float>, side: Int, _ moments: (mean: Float, deviation: Float),
    _ random: inout RandomStream, _ kernels: MotetKernels
  ) {
    let level = moments.mean + moments.deviation * random.uniform(in: background)
    draw(colour, &random)
    draw(gains, &random)
    let noise = noise.reserve(side * side)
    for band in 0..<side {
      (noise + band * side).update(
        repeating: level + value(colour, band, of: side), count: side)
    }
    addNoise(Self.spread, noise, side * side, &random, kernels)
    for band in 0..<side {
      let gain = value(gains, band, of: side)
      for i in band * side..<(band + 1) * side { picture[i] = max(picture[i], noise[i]) + gain }
    }
  }

  private func draw(_ curve: Scratch, _ random: inout RandomStream) {
    for knot in 0..<Self.knots {
      curve.base[knot] = random.uniform(in: -equaliser...equaliser)
    }
  }

  private func value(_ curve: Scratch, _ band: Int, of side: Int) -> Float {
    let place = Float(band * (Self.knots - 1)) / Float(max(1, side - 1))
    let knot = min(Self.knots - 2, Int(place))
    let first = curve.base[knot]
    return first + (curve.base[knot + 1] - first) * (place - Float(knot))
  }
}
