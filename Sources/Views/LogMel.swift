import Foundation
import Kernels

/// Log-mel spectrograms as COLA makes them (Saeed et al., arXiv 2010.10915): periodic Hann window,
/// frames from the first sample on without padding, magnitude (or its square) of a Fourier transform,
/// mel filters, natural logarithm of at least 1e-5.
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
  private let kernels: MotetKernels
  private let shape: MotetLogMel
  /// What `shape` points to.
  private let constants: [Scratch]
  private let places: UnsafeMutableBufferPointer<Int32>
  private let scratch: Scratch

  /// - Parameters:
  ///   - window: samples of a frame, at most `transform`; `samples` is no less.
  ///   - transform: samples of the Fourier transform, even; frames are padded to it with zeros.
  ///     1024 has fast code of its own.
  ///   - power: whether filters take squares of magnitudes.
  init(
    samples: Int, bands: Int, window: Int, hop: Int, transform: Int = 1024, power: Bool = false,
    lowest: Double, highest: Double, kernels: MotetKernels = widestKernels
  ) {
    precondition(window <= transform && samples >= window, "window of \(window)")
    precondition(transform % 2 == 0, "transform of \(transform)")
    self.samples = samples
    self.bands = bands
    self.kernels = kernels
    frames = 1 + (samples - window) / hop
    stride = (frames + 15) / 16 * 16
    // Half of Hann's window, since the kernel gives twice the magnitudes.
    let weights = (0..<window).map {
      Float(0.5 * (0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window))))
    }
    let roots = (0..<transform).flatMap { i in
      let angle = 2 * .pi * Double(i) / Double(transform)
      return [Float(cos(angle)), Float(sin(angle))]
    }
    let filters = MelFilters(
      bands: bands, length: transform, sampleRate: Self.sampleRate, lowest: lowest, highest: highest
    )
    constants = [weights, roots, filters.weights].map { values in
      let memory = Scratch(values.count)
      _ = memory.floats.update(from: values)
      return memory
    }
    places = .allocate(capacity: 2 * bands + 1)
    _ = places.initialize(from: (filters.starts + filters.offsets).map { Int32($0) })
    shape = MotetLogMel(
      frames: Int32(frames), hop: Int32(hop), window: Int32(window),
      length: Int32(transform), power: power ? 1 : 0, bands: Int32(bands),
      weights: constants[0].base, roots: constants[1].base, filters: constants[2].base,
      starts: places.baseAddress!, offsets: places.baseAddress! + bands, floor: Self.floor)
    scratch = Scratch(kernels.log_mel_scratch(Int32(transform)))
  }

  deinit { places.deallocate() }

  /// - Parameter signal: `samples` values between −1 and 1.
  /// - Parameter spectrogram: [bands, stride], of which the first `frames` columns count.
  func compute(_ signal: UnsafePointer<Float>, into spectrogram: UnsafeMutablePointer<Float>) {
    kernels.log_mel(shape, signal, spectrogram, stride, scratch.base)
  }
}
