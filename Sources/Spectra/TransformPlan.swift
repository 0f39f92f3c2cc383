import CFFTW
import Foundation

/// FFTW's plan of one real transform, from `length` values to `length / 2 + 1` complex ones, real
/// and imaginary parts by turns.
///
/// Plans are `FFTW_ESTIMATE`: chosen by counting operations, not by measuring, so that every
/// process chooses the same one. A plan may be sent to other threads, and executed on several at
/// once: execution changes nothing in it. FFTW's type does not say so, hence `@unchecked`.
final class TransformPlan: @unchecked Sendable {
  static var build: String { String(cString: cfftw_version()) }

  /// FFTW's planner is one for the process, and not safe for threads.
  private static let planner = NSLock()

  private let plan: fftwf_plan

  init(length: Int) {
    // Planning without measuring looks at the alignment of memory, and leaves its values alone.
    func memory(_ count: Int) -> UnsafeMutableRawPointer {
      .allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: Spectra.alignment)
    }
    let (input, output) = (memory(length), memory(length + 2))
    defer {
      input.deallocate()
      output.deallocate()
    }
    plan = Self.planner.withLock {
      // What earlier plans have taught the planner must not enter into this one.
      fftwf_forget_wisdom()
      let plan = fftwf_plan_dft_r2c_1d(
        Int32(length), input.bindMemory(to: Float.self, capacity: length),
        output.bindMemory(to: fftwf_complex.self, capacity: length / 2 + 1),
        UInt32(FFTW_ESTIMATE) | UInt32(FFTW_PRESERVE_INPUT))
      guard let plan else { preconditionFailure("FFTW has no plan for \(length) values") }
      return plan
    }
  }

  deinit { Self.planner.withLock { fftwf_destroy_plan(plan) } }

  /// - Parameters:
  ///   - input: `length` values, aligned as `Spectra` says; they stay as they are.
  ///   - output: `length / 2 + 1` pairs, aligned.
  func execute(
    _ input: UnsafeMutablePointer<Float>, into output: UnsafeMutablePointer<Float>
  ) {
    fftwf_execute_dft_r2c(
      plan, input, UnsafeMutableRawPointer(output).assumingMemoryBound(to: fftwf_complex.self))
  }
}
