import Foundation
import Kernels
import Tensors

/// Draws views of sounds.
final class AudioViews: ViewMaker {
  private let audio: Audio
  private let shape: ViewShape
  private let mean: Float
  private let deviation: Float
  private let kernels: MotetKernels
  private let segments: AudioSegments
  private let recording: RecordingChange?
  private let rows = Taps()
  private let columns = Taps()
  /// One value a pixel, before it is repeated on the channels.
  private let picture: Scratch

  init(
    _ audio: Audio, _ shape: ViewShape, mean: Float, deviation: Float, _ kernels: MotetKernels
  ) {
    self.audio = audio
    self.shape = shape
    self.mean = mean
    self.deviation = deviation
    self.kernels = kernels
    segments = AudioSegments(audio, kernels)
    recording = audio.options.preset == .recording ? RecordingChange(audio.options) : nil
    picture = Scratch(shape.side * shape.side)
  }

  var evaluationViewCount: Int { audio.options.segments }

  func trainingView(
    of sample: Sample, random: inout RandomStream, into view: UnsafeMutableBufferPointer<Float>
  ) {
    let spectrogram = segments.training(sample, &random)
    if let recording {
      let ground = audio.options.normalisation == .store ? mean : nil
      resize(recording.crop.cut(spectrogram, ground: ground, &random))
      recording.apply(to: picture.base, side: shape.side, moments(), &random, kernels)
    } else {
      resize(spectrogram)
    }
    let (middle, spread) = normalise()
    if audio.options.preset == .spectral {
      mask(middle, &random)
      addNoise(
        Float(audio.options.noise) * spread, picture.base, shape.side * shape.side, &random,
        kernels)
    }
    write(into: view)
  }

  func evaluationView(of sample: Sample, into view: UnsafeMutableBufferPointer<Float>) {
    // The middle of several segments, or the only one.
    evaluationView(of: sample, segment: 0, of: 1, into: view)
  }

  func evaluationView(
    of sample: Sample, index: Int, into view: UnsafeMutableBufferPointer<Float>
  ) {
    evaluationView(of: sample, segment: index, of: evaluationViewCount, into: view)
  }

  /// Grey, from −2.5 to 3 standard deviations (`none`: from silence to e⁴), with low frequencies at
  /// the bottom as one is used to seeing them.
  func picture(of view: UnsafeBufferPointer<Float>) -> [UInt8] {
    let side = shape.side
    let (low, high): (Float, Float) =
      audio.options.normalisation == .none ? (log(LogMel.floor), 4) : (-2.5, 3)
    let places = places
    return (0..<side * side * 3).map { i in
      let (y, x) = (i / 3 / side, i / 3 % side)
      let place = places.origin + (side - 1 - y) * places.band + x * places.frame
      let value = view[place * shape.channels]
      return UInt8(max(0, min(255, (255 * (value - low) / (high - low)).rounded())))
    }
  }

  private func evaluationView(
    of sample: Sample, segment: Int, of count: Int, into view: UnsafeMutableBufferPointer<Float>
  ) {
    resize(segments.evaluation(sample, index: segment, of: count))
    _ = normalise()
    write(into: view)
  }

  /// Linear along both axes, half-pixel centres, antialiased where asked; along frequency nothing
  /// where there are as many bands as rows.
  private func resize(_ spectrogram: AudioSegments.Spectrogram) {
    let side = shape.side
    let antialias = audio.options.antialias
    rows.set(input: spectrogram.bands, output: side, range: 0..<side, antialias: antialias)
    columns.set(input: spectrogram.frames, output: side, range: 0..<side, antialias: antialias)
    let picture = picture.base
    columns.starts.withUnsafeBufferPointer { starts in
      columns.weights.withUnsafeBufferPointer { weights in
        for y in 0..<side {
          let target = picture + y * side
          for x in 0..<side { target[x] = 0 }
          for t in 0..<rows.width {
            let rowWeight = rows.weights[y * rows.width + t]
            guard rowWeight > 0 else { continue }
            let source =
              spectrogram.values + (Int(rows.starts[y]) + t) * spectrogram.stride
            let width = columns.width
            for x in 0..<side {
              let at = source + Int(starts[x])
              var value: Float = 0
              for s in 0..<width { value += weights[x * width + s] * at[s] }
              target[x] += rowWeight * value
            }
          }
        }
      }
    }
  }

  /// Normalises the picture, and returns the value that stands for the mean and the size of one
  /// standard deviation after it.
  private func normalise() -> (middle: Float, spread: Float) {
    let picture = picture.base
    let count = shape.side * shape.side
    switch audio.options.normalisation {
    case .store:
      let inverse = 1 / deviation
      for i in 0..<count { picture[i] = (picture[i] - mean) * inverse }
      return (0, 1)
    case .instance:
      let (mean, deviation) = moments()
      // Silence and other constants become zero, not infinite.
      let inverse = deviation > 1e-6 ? 1 / deviation : 0
      for i in 0..<count { picture[i] = (picture[i] - mean) * inverse }
      return (0, 1)
    case .none:
      return audio.options.preset == .spectral ? moments() : (0, 1)
    }
  }

  /// The picture's own mean and standard deviation, in Float64, two passes.
  private func moments() -> (mean: Float, deviation: Float) {
    let picture = picture.base
    let count = shape.side * shape.side
    var sum = 0.0
    for i in 0..<count { sum += Double(picture[i]) }
    let mean = sum / Double(count)
    var squares = 0.0
    for i in 0..<count {
      let distance = Double(picture[i]) - mean
      squares += distance * distance
    }
    return (Float(mean), Float((squares / Double(count)).squareRoot()))
  }

  /// One band of frequencies and one of times set to the mean, each up to `mask` of the axis wide.
  private func mask(_ middle: Float, _ random: inout RandomStream) {
    let side = shape.side
    let picture = picture.base
    let widest = Int(audio.options.mask * Double(side))
    let height = random.index(below: widest + 1)
    let top = random.index(below: side - height + 1)
    let width = random.index(below: widest + 1)
    let left = random.index(below: side - width + 1)
    for i in top * side..<(top + height) * side { picture[i] = middle }
    for y in 0..<side {
      for x in left..<left + width { picture[y * side + x] = middle }
    }
  }

  private func write(into view: UnsafeMutableBufferPointer<Float>) {
    precondition(view.count == shape.count, "a view of \(view.count) values for \(shape)")
    let picture = picture.base
    let side = shape.side
    let channels = shape.channels
    let places = places
    for band in 0..<side {
      for frame in 0..<side {
        let value = picture[band * side + frame]
        let place = places.origin + band * places.band + frame * places.frame
        let target = view.baseAddress! + place * channels
        for channel in 0..<channels { target[channel] = value }
      }
    }
  }

  /// The pixel of the lowest frequency and the first time, and the steps to the next of each.
  private var places: (origin: Int, band: Int, frame: Int) {
    let side = shape.side
    return switch audio.options.orientation {
    case .lowTop: (0, side, 1)
    case .highTop: ((side - 1) * side, -side, 1)
    case .timeRows: (0, 1, side)
    }
  }
}
