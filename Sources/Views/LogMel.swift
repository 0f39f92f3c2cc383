import Foundation
import Kernels
import Spectra

/// Log-mel spectrograms as COLA makes them (Saeed et al., arXiv 2010.10915): periodic Hann window,
/// frames from the first sample on without padding, magnitude (or its square) of a Fourier
/// transform, mel filters, natural logarithm of at least 1e-5.
final class LogMel {
  static let sampleRate = 16_000.0
  /// The smallest value before the logarithm: silence is ln(1e-5), about −11.5.
  static let floor: Float = 1e-5

  /// Samples of a segment.
  let samples: Int
  let bands: Int
  let frames: Int
  /// From one band's row in the result to the next.
  let stride: Int
  private let hop: Int
  private let spectra: Spectra
  private let kernels: MotetKernels
  private let shape: MotetLogMel
  /// What `shape` points to.
  private let weights: Scratch
  private let places: UnsafeMutableBufferPointer<Int32>
  /// The spectra of `batch` frames; what is needed to make them; and to make bands of them.
  private let rows: Scratch
  private let spectraScratch: Scratch
  private let bandScratch: Scratch
  /// Frames at a time, as many as the most lanes: their spectra stay in the cache.
  private static let batch = 16

  /// - Parameters:
  ///   - window: samples of a frame, at most `transform`; `samples` is no less.
  ///   - transform: samples of the Fourier transform; frames are padded to it with zeros.
  ///   - power: whether filters take squares of magnitudes.
  init(
    samples: Int, bands: Int, window: Int, hop: Int, transform: Int = 1024, power: Bool = false,
    lowest: Double, highest: Double, kernels: MotetKernels = widestKernels
  ) {
    precondition(window <= transform && samples >= window, "window of \(window)")
    self.samples = samples
    self.bands = bands
    self.kernels = kernels
    frames = 1 + (samples - window) / hop
    stride = (frames + Self.batch - 1) / Self.batch * Self.batch
    self.hop = hop
    let hann = (0..<window).map {
      Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window)))
    }
    spectra = Spectra(window: hann, length: transform, power: power)
    let filters = MelFilters(
      bands: bands, length: transform, sampleRate: Self.sampleRate, lowest: lowest, highest: highest
    )
    weights = Scratch(filters.weights.count)
    _ = weights.floats.update(from: filters.weights)
    places = .allocate(capacity: 2 * bands + 1)
    _ = places.initialize(from: (filters.starts + filters.offsets).map { Int32($0) })
    shape = MotetLogMel(
      bins: Int32(spectra.bins), bands: Int32(bands), filters: weights.base,
      starts: places.baseAddress!, offsets: places.baseAddress! + bands, floor: Self.floor)
    rows = Scratch(Self.batch * spectra.stride)
    spectraScratch = Scratch(spectra.scratchCount)
    bandScratch = Scratch(kernels.log_mel_scratch(Int32(spectra.bins)))
  }

  deinit { places.deallocate() }

  /// - Parameter signal: `samples` values between −1 and 1.
  /// - Parameter spectrogram: [bands, stride], of which the first `frames` columns count.
  func compute(_ signal: UnsafePointer<Float>, into spectrogram: UnsafeMutablePointer<Float>) {
    for first in Swift.stride(from: 0, to: frames, by: Self.batch) {
      let count = min(Self.batch, frames - first)
      spectra.compute(
        signal + first * hop, frames: count, hop: hop, into: rows.base,
        scratch: spectraScratch.base)
      kernels.log_mel(
        shape, Int32(count), rows.base, spectra.stride, spectrogram + first, stride,
        bandScratch.base)
    }
  }
}
