import Kernels
import Tensors

/// Cuts segments out of clips and makes their log-mel spectrograms.
final class AudioSegments {
  /// Natural logarithms, [bands, stride]; valid until the next one is made.
  struct Spectrogram {
    let values: UnsafeMutablePointer<Float>
    let bands: Int
    let frames: Int
    let stride: Int
  }

  private let audio: Audio
  private let kernels: MotetKernels
  private let logMel: LogMel
  private let signal: Scratch
  private let spectrogram: Scratch

  init(_ audio: Audio, _ kernels: MotetKernels = widestKernels) {
    let options = audio.options
    self.audio = audio
    self.kernels = kernels
    logMel = LogMel(
      samples: audio.samples, bands: options.bins, window: options.window, hop: options.hop,
      transform: options.transform, power: options.spectrum == .power,
      lowest: options.frequencies[0],
      highest: options.frequencies[1], kernels: kernels)
    signal = Scratch(audio.samples)
    spectrogram = Scratch(logMel.bands * logMel.stride)
  }

  /// A random segment with what the preset does to the signal. A clip that is shorter than a
  /// segment lies at a random place in silence.
  func training(_ sample: Sample, _ random: inout RandomStream) -> Spectrogram {
    let length = sample.bytes.count / 2
    let samples = audio.samples
    let room = abs(length - samples)
    let offset = random.index(below: room + 1)
    place(sample, start: length >= samples ? offset : -offset)
    if audio.options.preset == .waveform {
      let keepsFirst = random.chance(0.5)
      if keepsFirst { keepPart(&random) }
      addNoise(Float(audio.options.hiss), signal.base, samples, &random, kernels)
      if !keepsFirst { keepPart(&random) }
    }
    return compute()
  }

  /// Segment `index` of `count` evenly spaced ones; the middle if there is one, and the whole clip
  /// in the middle of silence where it is shorter than a segment.
  func evaluation(_ sample: Sample, index: Int, of count: Int) -> Spectrogram {
    let room = sample.bytes.count / 2 - audio.samples
    if room <= 0 || count == 1 {
      place(sample, start: room >= 0 ? room / 2 : -(-room / 2))
    } else {
      place(sample, start: room * index / (count - 1))
    }
    return compute()
  }

  private func compute() -> Spectrogram {
    logMel.compute(signal.base, into: spectrogram.base)
    return Spectrogram(
      values: spectrogram.base, bands: logMel.bands, frames: logMel.frames, stride: logMel.stride)
  }

  /// The signal that starts at the clip's sample `start`, which may be negative; silence outside.
  private func place(_ sample: Sample, start: Int) {
    precondition(sample.shape.count == 1, "a sound of shape \(sample.shape)")
    let signal = signal.base
    let count = audio.samples
    let clip = sample.bytes.assumingMemoryBound(to: Int16.self)
    let first = min(count, max(0, -start))
    let last = max(first, min(count, clip.count - start))
    for i in 0..<first { signal[i] = 0 }
    if last > first {
      let source = clip.baseAddress! + (start + first)
      let target = signal + first
      for i in 0..<last - first { target[i] = Float(source[i]) * (1 / 32768) }
    }
    for i in last..<count { signal[i] = 0 }
  }

  private func keepPart(_ random: inout RandomStream) {
    let count = audio.samples
    let keep = audio.options.keep
    let share = random.uniform(in: Float(keep[0])...Float(keep[1]))
    let length = min(count, max(1, Int(share * Float(count))))
    let start = random.index(below: count - length + 1)
    let signal = signal.base
    for i in 0..<start { signal[i] = 0 }
    for i in start + length..<count { signal[i] = 0 }
  }
}
