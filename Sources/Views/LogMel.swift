import CFFTW
import Foundation
import Tensors

/// Log-mel spectrograms as COLA makes them (Saeed et al., arXiv 2010.10915): periodic Hann window,
/// frames from the first sample on without padding, magnitude (or its square) of a Fourier transform,
/// mel filters, natural logarithm of at least 1e-5.
///
/// FFTW runs without its vector code, which differs from CPU to CPU in the last bits.
final class LogMel {
  static let sampleRate = 16_000.0
  /// The smallest value before the logarithm: silence is ln(1e-5), about −11.5.
  static let floor: Float = 1e-5
  /// Frames that are transformed at once. Their spectra lie side by side, so that magnitudes and
  /// filters run over frames and no sum depends on a vector's width. 16 would be slower: a stride
  /// of 64 bytes puts FFTW's butterflies into few sets of the cache.
  private typealias Frames = SIMD8<Float>
  private static let batch = Frames.scalarCount

  /// Samples of a segment.
  let samples: Int
  let bands: Int
  let frames: Int
  /// From one band's row in the result to the next.
  let stride: Int
  private let hop: Int
  private let transform: Int
  private let power: Bool
  private let window: [Float]
  private let filters: MelFilters
  private let input: UnsafeMutablePointer<Float>
  private let real: UnsafeMutablePointer<Float>
  private let imaginary: UnsafeMutablePointer<Float>
  private let memory: Scratch
  private let plan: fftwf_plan

  /// - Parameters:
  ///   - window: samples of a frame, at most `transform`; `samples` is no less.
  ///   - transform: samples of the Fourier transform; frames are padded to it with zeros.
  ///   - power: whether filters take squares of magnitudes.
  init(
    samples: Int, bands: Int, window: Int, hop: Int, transform: Int, power: Bool, lowest: Double,
    highest: Double
  ) {
    precondition(window <= transform && samples >= window, "window of \(window)")
    self.transform = transform
    self.power = power
    self.samples = samples
    self.bands = bands
    self.hop = hop
    frames = 1 + (samples - window) / hop
    let batch = Self.batch
    let length = transform
    stride = (frames + batch - 1) / batch * batch
    self.window = (0..<window).map {
      Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window)))
    }
    filters = MelFilters(
      bands: bands, length: length, sampleRate: Self.sampleRate, lowest: lowest, highest: highest)
    let bins = length / 2 + 1
    memory = Scratch(batch * (length + 2 * bins))
    input = memory.base
    input.update(repeating: 0, count: batch * length)
    real = input + batch * length
    imaginary = real + batch * bins
    var transform = fftwf_iodim(n: Int32(length), is: 1, os: Int32(batch))
    var many = fftwf_iodim(n: Int32(batch), is: Int32(length), os: 1)
    let (input, real, imaginary) = (input, real, imaginary)
    plan = planning.withLock {
      fftwf_plan_guru_split_dft_r2c(
        1, &transform, 1, &many, input, real, imaginary,
        FFTW_ESTIMATE | FFTW_PRESERVE_INPUT | FFTW_NO_SIMD)
    }
  }

  deinit { planning.withLock { fftwf_destroy_plan(plan) } }

  /// - Parameter signal: `samples` values between −1 and 1.
  /// - Parameter spectrogram: [bands, stride], of which the first `frames` columns are set.
  func compute(_ signal: UnsafePointer<Float>, into spectrogram: UnsafeMutablePointer<Float>) {
    for first in Swift.stride(from: 0, to: frames, by: Self.batch) {
      cut(signal, first)
      fftwf_execute(plan)
      takeSizes()
      filter(into: spectrogram + first)
    }
    for band in 0..<bands {
      let row = spectrogram + band * stride
      for frame in 0..<frames { row[frame] = logf(max(row[frame], Self.floor)) }
    }
  }

  /// Windowed frames into the transform's input, whose rest stays zero.
  private func cut(_ signal: UnsafePointer<Float>, _ first: Int) {
    window.withUnsafeBufferPointer { window in
      let weights = window.baseAddress!
      for frame in first..<min(first + Self.batch, frames) {
        let source = signal + frame * hop
        let target = input + (frame - first) * transform
        for i in 0..<window.count { target[i] = source[i] * weights[i] }
      }
    }
  }

  private func takeSizes() {
    let (real, imaginary) = (real, imaginary)
    let bins = filters.bins.lowerBound * Self.batch..<filters.bins.upperBound * Self.batch
    for i in bins { real[i] = real[i] * real[i] + imaginary[i] * imaginary[i] }
    guard !power else { return }
    for i in bins { real[i] = real[i].squareRoot() }
  }

  private func filter(into spectrogram: UnsafeMutablePointer<Float>) {
    let spectrum = UnsafeRawPointer(real)
    let size = MemoryLayout<Frames>.size
    filters.weights.withUnsafeBufferPointer { weights in
      for band in 0..<bands {
        let range = filters.offsets[band]..<filters.offsets[band + 1]
        var bin = spectrum + filters.starts[band] * size
        var sum = Frames()
        for i in range {
          sum += weights[i] * bin.loadUnaligned(as: Frames.self)
          bin += size
        }
        UnsafeMutableRawPointer(spectrogram + band * stride).storeBytes(of: sum, as: Frames.self)
      }
    }
  }
}

/// FFTW's planner is not for several threads at once.
private let planning = NSLock()
