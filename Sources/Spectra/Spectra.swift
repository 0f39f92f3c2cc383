/// Spectra of a signal's frames: each frame is multiplied by a window, padded with zeros to the
/// transform's length and transformed; its spectrum is the magnitudes of frequencies 0 to half the
/// sample rate, or their squares.
///
/// A value that threads may share: it holds the window and FFTW's plan, and no memory of a call.
/// A spectrum depends on its frame alone, neither on addresses nor on the frames beside it.
public struct Spectra: Sendable {
  /// Memory that spectra and scratch lie in begins at a multiple of this many bytes, so that FFTW's
  /// vectors always meet the same alignment.
  public static let alignment = 64
  private static let alignedFloats = alignment / MemoryLayout<Float>.stride

  /// The build of FFTW that makes them, such as `fftw-3.3.10-sse2-avx`: its version, and the vector
  /// instructions that it has code for.
  public static var build: String { TransformPlan.build }

  /// Samples of the transform.
  public let length: Int
  /// Whether spectra are the squares of magnitudes.
  public let power: Bool
  private let weights: [Float]
  private let plan: TransformPlan

  /// - Parameters:
  ///   - weights: the window, a factor for each sample of a frame.
  ///   - length: any number from the window's on; products of small primes are the fastest. Where
  ///     all of them are 13 or less and 2 is among them, a call takes no memory of any kind; others
  ///     may borrow some from the C heap.
  public init(window weights: [Float], length: Int, power: Bool = false) {
    precondition(
      !weights.isEmpty && weights.count <= length, "a window of \(weights.count) for \(length)")
    self.length = length
    self.power = power
    self.weights = weights
    plan = TransformPlan(length: length)
  }

  /// Frequencies of a spectrum.
  public var bins: Int { length / 2 + 1 }

  /// From one spectrum to the next, in values: `bins`, rounded up to whole units of alignment.
  public var stride: Int { Self.aligned(bins) }

  /// Values of scratch memory that a call needs: a frame and its transform.
  public var scratchCount: Int { Self.aligned(length) + Self.aligned(2 * bins) }

  private static func aligned(_ count: Int) -> Int {
    (count + alignedFloats - 1) / alignedFloats * alignedFloats
  }

  /// Makes the spectra of `frames` frames, the first at `signal`, each `hop` samples after the one
  /// before.
  /// - Parameters:
  ///   - spectra: [frames, stride], of which the first `bins` columns are written; aligned.
  ///   - scratch: `scratchCount` values, aligned; one for each thread.
  public func compute(
    _ signal: UnsafePointer<Float>, frames: Int, hop: Int,
    into spectra: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    precondition(
      Int(bitPattern: spectra) % Self.alignment == 0
        && Int(bitPattern: scratch) % Self.alignment == 0, "memory that is not aligned")
    let frame = scratch
    let transform = scratch + Self.aligned(length)
    // The plan leaves its input as it is, so these zeros serve all frames.
    for i in weights.count..<length { frame[i] = 0 }
    weights.withUnsafeBufferPointer { weights in
      for index in 0..<frames {
        let samples = signal + index * hop
        for i in 0..<weights.count { frame[i] = samples[i] * weights[i] }
        plan.execute(frame, into: transform)
        let spectrum = spectra + index * stride
        if power {
          squares(transform, into: spectrum)
        } else {
          magnitudes(transform, into: spectrum)
        }
      }
    }
  }

  private func squares(
    _ transform: UnsafePointer<Float>, into spectrum: UnsafeMutablePointer<Float>
  ) {
    for k in 0..<bins {
      let (real, imaginary) = (transform[2 * k], transform[2 * k + 1])
      spectrum[k] = real * real + imaginary * imaginary
    }
  }

  private func magnitudes(
    _ transform: UnsafePointer<Float>, into spectrum: UnsafeMutablePointer<Float>
  ) {
    for k in 0..<bins {
      let (real, imaginary) = (transform[2 * k], transform[2 * k + 1])
      spectrum[k] = (real * real + imaginary * imaginary).squareRoot()
    }
  }
}
