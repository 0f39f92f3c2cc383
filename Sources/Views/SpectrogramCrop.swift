import Tensors

/// BYOL-A's random resize crop (Niizumi et al., arXiv 2103.06695, §3.4; nttcslab/byol-a's
/// `RandomResizeCrop`), the choice of the rectangle: its bands and frames are drawn each by itself,
/// as shares of the spectrogram's, and it lies anywhere on a canvas of all bands and more frames,
/// in whose middle the spectrogram is. A voice becomes higher or deeper, a word slower or faster.
///
/// Theirs is then resized to the spectrogram's size by bicubic interpolation; ours to the view's,
/// in one step and linearly, as all spectrograms are.
final class SpectrogramCrop {
  private let scale: ClosedRange<Double>
  private let length: Double
  private let canvas = Scratch()

  init(_ options: Audio.Options) {
    scale = options.scale[0]...options.scale[1]
    length = options.canvas
  }

  /// A rectangle of the canvas; valid until the next one is cut.
  /// - Parameter ground: what the canvas has around the spectrogram; its mean where nil.
  func cut(
    _ spectrogram: AudioSegments.Spectrogram, ground: Float?, _ random: inout RandomStream
  ) -> AudioSegments.Spectrogram {
    let (bands, frames) = (spectrogram.bands, spectrogram.frames)
    let width = Int(length * Double(frames))
    fill(spectrogram, width: width, ground: ground ?? mean(of: spectrogram))
    let height = size(of: bands, upTo: bands, &random)
    let duration = size(of: frames, upTo: width, &random)
    let top = random.index(below: bands - height + 1)
    let left = random.index(below: width - duration + 1)
    return AudioSegments.Spectrogram(
      values: canvas.base + top * width + left, bands: height, frames: duration, stride: width)
  }

  private func size(of all: Int, upTo most: Int, _ random: inout RandomStream) -> Int {
    let share =
      scale.lowerBound + (scale.upperBound - scale.lowerBound) * random.uniformDouble()
    return min(most, max(1, Int(share * Double(all))))
  }

  private func fill(_ spectrogram: AudioSegments.Spectrogram, width: Int, ground: Float) {
    let count = spectrogram.bands * width
    let base = canvas.reserve(count)
    base.update(repeating: ground, count: count)
    let left = (width - spectrogram.frames) / 2
    for band in 0..<spectrogram.bands {
      (base + band * width + left).update(
        from: spectrogram.values + band * spectrogram.stride, count: spectrogram.frames)
    }
  }

  private func mean(of spectrogram: AudioSegments.Spectrogram) -> Float {
    var sum = 0.0
    for band in 0..<spectrogram.bands {
      let row = spectrogram.values + band * spectrogram.stride
      for frame in 0..<spectrogram.frames { sum += Double(row[frame]) }
    }
    return Float(sum / Double(spectrogram.bands * spectrogram.frames))
  }
}
