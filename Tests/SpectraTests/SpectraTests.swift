import Digests
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Spectra

@Suite struct SpectraTests {
  private func hann(_ count: Int) -> [Float] {
    (0..<count).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(count))) }
  }

  /// The spectra of all whole frames of `signal`, one after the other.
  /// - Parameter shift: where memory begins, in units of its alignment.
  private func compute(_ spectra: Spectra, window: Int, hop: Int, _ signal: [Float], shift: Int = 0)
    -> [Float]
  {
    let frames = 1 + (signal.count - window) / hop
    let unit = Spectra.alignment / MemoryLayout<Float>.stride
    let count = frames * spectra.stride + spectra.scratchCount + 2 * shift * unit
    let memory: UnsafeMutableBufferPointer<Float> = allocate(count)
    defer { UnsafeMutableRawPointer(memory.baseAddress!).deallocate() }
    memory.initialize(repeating: .nan)
    let rows = memory.baseAddress! + shift * unit
    spectra.compute(
      signal, frames: frames, hop: hop, into: rows,
      scratch: rows + frames * spectra.stride + shift * unit)
    return (0..<frames).flatMap { frame in
      (0..<spectra.bins).map { rows[frame * spectra.stride + $0] }
    }
  }

  /// Against the definition in Float64: powers of two, small primes, odd and prime lengths, one.
  @Test(arguments: [
    (400, 1024), (1024, 1024), (400, 400), (33, 64), (300, 606), (7, 7), (500, 509), (1, 1),
  ])
  func equalsTheDefinition(window: Int, length: Int) {
    let signal = noise(1, window + 60)
    let weights = hann(window).map { $0 + 0.1 }
    let magnitudes = compute(
      Spectra(window: weights, length: length), window: window, hop: 20, signal)
    let powers = compute(
      Spectra(window: weights, length: length, power: true), window: window, hop: 20, signal)
    #expect(magnitudes.count == 4 * (length / 2 + 1))
    let scale = Double(window).squareRoot()
    for frame in 0..<4 {
      for bin in 0...length / 2 {
        var (real, imaginary) = (0.0, 0.0)
        for i in 0..<window {
          let value = Double(signal[20 * frame + i] * weights[i])
          let angle = 2 * .pi * Double(i * bin % length) / Double(length)
          real += value * cos(angle)
          imaginary -= value * sin(angle)
        }
        let exact = (real * real + imaginary * imaginary).squareRoot()
        let place = frame * (length / 2 + 1) + bin
        #expect(abs(Double(magnitudes[place]) - exact) < 1e-6 * scale, "\(frame), \(bin)")
        #expect(abs(Double(powers[place]) - exact * exact) < 3e-6 * scale * scale)
      }
    }
  }

  /// Wherever signal, spectra and scratch lie, and whichever frames are beside it.
  @Test(arguments: [400, 1024, 1022, 1021])
  func aSpectrumDependsOnItsFrameAlone(length: Int) {
    let spectra = Spectra(window: hann(400), length: length)
    let signal = noise(2, 5000)
    let all = compute(spectra, window: 400, hop: 7, signal)
    for frame in [0, 1, 2, 3, 5, 300] {
      let own = Array(signal[7 * frame..<7 * frame + 400])
      let alone = compute(spectra, window: 400, hop: 1, own, shift: frame)
      #expect(alone == Array(all[frame * spectra.bins..<(frame + 1) * spectra.bins]))
    }
  }

  /// Threads that make plans and spectra at once disturb one another in nothing, and earlier plans
  /// do not change later ones.
  @Test func sameBitsOnAnyThreadAndAfterAnyPlan() {
    let lengths = [1024, 512, 400, 606, 2048, 769]
    let signal = noise(3, 3000)
    @Sendable func all(_ lengths: [Int]) -> [Int: [Float]] {
      lengths.reduce(into: [:]) { found, length in
        let spectra = Spectra(window: hann(400), length: length)
        found[length] = compute(spectra, window: 400, hop: 100, signal)
      }
    }
    let expected = all(lengths)
    let different = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 12) { index in
      for _ in 0..<10 {
        let own = all(index % 2 == 0 ? lengths : lengths.reversed())
        if own != expected { different.withLock { $0 += 1 } }
      }
    }
    #expect(different.withLock { $0 } == 0)
  }

  /// A plan is made once; after it no length asks the system for memory.
  @Test(arguments: [400, 1024, 606, 8192, 8191])
  func noMemoryFromTheSystem(length: Int) {
    let spectra = Spectra(window: hann(400), length: length)
    let signal = noise(4, 2000)
    let rows: UnsafeMutableBufferPointer<Float> = allocate(16 * spectra.stride)
    let scratch: UnsafeMutableBufferPointer<Float> = allocate(spectra.scratchCount)
    defer {
      UnsafeMutableRawPointer(rows.baseAddress!).deallocate()
      UnsafeMutableRawPointer(scratch.baseAddress!).deallocate()
    }
    func run() {
      spectra.compute(
        signal, frames: 16, hop: 100, into: rows.baseAddress!, scratch: scratch.baseAddress!)
    }
    run()
    let before = pageFaults()
    for _ in 0..<200 { run() }
    let faults = pageFaults() - before
    #expect(faults < 20, "\(faults) page faults")
  }

  @Test func theBuildIsNamed() {
    #expect(Spectra.build.hasPrefix("fftw-3."), "\(Spectra.build)")
  }

  /// Debian's build has one set of codelets for all processors with AVX: these are its bits.
  @Test(.enabled(if: Spectra.build == "fftw-3.3.10-sse2-avx"))
  func theBitsOfDebiansBuild() {
    let signal = noise(5, 8192)
    let hash = SHA256()
    for length in [400, 512, 1024, 2048] {
      for power in [false, true] {
        // Factors without rounding, so that no mathematical library has a part in it.
        let weights = (0..<400).map { Float(min($0, 400 - $0)) / 256 }
        let values = compute(
          Spectra(window: weights, length: length, power: power), window: 400, hop: 160, signal)
        values.withUnsafeBytes { hash.update($0) }
      }
    }
    #expect(hash.finish() == "2b8dc048ad28b4820484334cc09e3cffd9bc18bbec27f35b2d21e25449668d28")
  }
}
