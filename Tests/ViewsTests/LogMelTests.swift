import Foundation
import HDF5
import Kernels
import Tensors
import TestSupport
import Testing

@testable import Views

/// Against TensorFlow's `stft` and `linear_to_mel_weight_matrix` on two seconds of rain
/// (Fixtures/logmel.py).
@Suite struct LogMelTests {
  private func cola(samples: Int = 32_000, power: Bool = false) -> LogMel {
    LogMel(
      samples: samples, bands: 128, window: 400, hop: 160, transform: 1024, power: power,
      lowest: 60,
      highest: 7800)
  }

  private func compute(_ logMel: LogMel, _ signal: [Float]) -> [[Float]] {
    var values = [Float](repeating: .nan, count: logMel.bands * logMel.stride)
    values.withUnsafeMutableBufferPointer { logMel.compute(signal, into: $0.baseAddress!) }
    return (0..<logMel.bands).map { band in
      Array(values[band * logMel.stride..<band * logMel.stride + logMel.frames])
    }
  }

  @Test func equalsTensorFlow() throws {
    let file = try fixture(.module, "logmel.h5")
    let samples: [Int16] = try file.read("samples")
    let expected: [Float] = try file.read("logmel")
    let logMel = cola()
    #expect(logMel.frames == 198)
    let rows = compute(logMel, samples.map { Float($0) / 32768 })
    let values = (0..<198).flatMap { frame in rows.map { $0[frame] } }
    let error = distance(values, expected)
    #expect(error < 1e-4, "\(error)")
  }

  /// Against PyTorch's `stft` with TensorFlow's filters (Fixtures/powermel.py).
  @Test func powerEqualsPyTorch() throws {
    let samples: [Int16] = try fixture(.module, "logmel.h5").read("samples")
    let expected: [Float] = try fixture(.module, "powermel.h5").read("logmel")
    let rows = compute(cola(power: true), samples.map { Float($0) / 32768 })
    let values = sampled((0..<198).flatMap { frame in rows.map { $0[frame] } }, stride: 11)
    let error = distance(values, expected)
    #expect(error < 1e-4, "\(error)")
  }

  /// A longer transform of the same frames has the shorter one's bins among its own: a band that is
  /// one bin wide in both has nearly one value.
  @Test func aFramesToneIsTheSameInAnyTransform() {
    let tone = (0..<1200).map { Float(sin(2 * .pi * 1000 * Double($0) / 16_000)) }
    let peaks = [512, 1024, 2048].map { transform in
      let logMel = LogMel(
        samples: 1200, bands: 24, window: 400, hop: 160, transform: transform, power: false,
        lowest: 60, highest: 7800)
      let rows = compute(logMel, tone)
      return (rows.indices.max { rows[$0][2] < rows[$1][2] }!, rows.map { $0[2] }.max()!)
    }
    #expect(Set(peaks.map(\.0)).count == 1)
    // A band's filter meets twice as many bins in a transform twice as long.
    for (shorter, longer) in zip(peaks, peaks.dropFirst()) {
      #expect(abs(longer.1 - shorter.1 - log(2)) < 0.1)
    }
  }

  @Test func filtersEqualTensorFlow() throws {
    let expected: [Float] = try fixture(.module, "logmel.h5").read("weights")
    let filters = MelFilters(
      bands: 128, length: 1024, sampleRate: 16_000, lowest: 60, highest: 7800)
    var dense = [Float](repeating: 0, count: 513 * 128)
    for band in 0..<128 {
      for i in filters.offsets[band]..<filters.offsets[band + 1] {
        dense[(filters.starts[band] + i - filters.offsets[band]) * 128 + band] =
          filters.weights[i]
      }
    }
    let error = distance(dense, expected)
    #expect(error < 1e-4, "\(error)")
  }

  @Test func silenceIsTheFloor() {
    let rows = compute(cola(), [Float](repeating: 0, count: 32_000))
    #expect(rows.allSatisfy { $0.allSatisfy { abs($0 + 11.512925) < 1e-5 } })
  }

  /// Loud frames must not leak into the silence that was transformed with them.
  @Test func aLoudFrameLeavesItsNeighboursAlone() {
    var signal = [Float](repeating: 0, count: 32_000)
    for i in 16_000..<16_400 { signal[i] = i % 2 == 0 ? 1 : -1 }
    let rows = compute(cola(), signal)
    #expect(rows.allSatisfy { $0[97] == $0[0] && $0[103] == $0[0] })
    #expect(rows[127][100] > -2)
  }

  /// Any transform and any window, against the definition in Float64.
  @Test(arguments: [
    (400, 1024, false), (1024, 1024, false), (397, 1024, true), (400, 400, true), (16, 16, false),
    (300, 606, false), (512, 2048, true), (399, 401, false),
  ])
  func equalsTheDefinition(window: Int, transform: Int, power: Bool) {
    let signal = noise(3, 4000)
    let logMel = LogMel(
      samples: 4000, bands: 20, window: window, hop: 230, transform: transform, power: power,
      lowest: 60, highest: 7800)
    let rows = compute(logMel, signal)
    let filters = MelFilters(
      bands: 20, length: transform, sampleRate: 16_000, lowest: 60, highest: 7800)
    for frame in 0..<logMel.frames {
      let sizes = (0...transform / 2).map { bin in
        var (real, imaginary) = (0.0, 0.0)
        for i in 0..<window {
          let turn = 2 * Double.pi * Double(i)
          let value = Double(signal[frame * 230 + i]) * (0.5 - 0.5 * cos(turn / Double(window)))
          real += value * cos(turn * Double(bin) / Double(transform))
          imaginary -= value * sin(turn * Double(bin) / Double(transform))
        }
        let square = real * real + imaginary * imaginary
        return power ? square : square.squareRoot()
      }
      for band in 0..<20 {
        let range = filters.offsets[band]..<filters.offsets[band + 1]
        let sum = range.reduce(0.0) {
          $0 + Double(filters.weights[$1]) * sizes[filters.starts[band] + $1 - range.lowerBound]
        }
        let exact = log(max(sum, 1e-5))
        #expect(abs(Double(rows[band][frame]) - exact) < 2e-5, "band \(band), frame \(frame)")
      }
    }
  }

  /// The same bits for every number of lanes with fused multiply-add, whatever the frames leave
  /// over.
  @Test(
    arguments: [
      (32_000, 400, 1024), (5000, 1000, 1024), (5000, 399, 400), (5000, 400, 606),
      (3000, 400, 1021),
      (400, 400, 512),
    ], [false, true])
  func sameBitsForAllLanes(sizes: (samples: Int, window: Int, transform: Int), power: Bool) {
    let signal = noise(4, sizes.samples)
    let spectra = fusedKernels.map { kernels in
      compute(
        LogMel(
          samples: sizes.samples, bands: 100, window: sizes.window, hop: 160,
          transform: sizes.transform, power: power, lowest: 60, highest: 7800, kernels: kernels),
        signal)
    }
    #expect(spectra.dropFirst().allSatisfy { $0 == spectra[0] })
  }

  /// The words are those of `Philox`, in order, wherever a stream stands.
  @Test(arguments: [1, 7, 8, 1000, 1023]) func noiseIsTheStreamsOwn(count: Int) {
    var slow = stream(3)
    _ = slow.next32()
    let (key, counter) = slow.takeBlocks((count + 7) / 8)
    let halves = (0..<(count + 7) / 8).flatMap { block in
      let place = counter + UInt64(block)
      let words = Philox.block(
        counter: SIMD4(UInt32(truncatingIfNeeded: place), UInt32(place >> 32), 0, 0), key: key)
      return (0..<4).flatMap { [words[$0] & 0xffff, words[$0] >> 16] }
    }
    let start = noise(5, count)
    let expected = zip(start, halves).map { value, half in
      0.25 * normalQuantiles[Int(half & 4095)] + value
    }
    for kernels in fusedKernels {
      var values = start
      var random = stream(3)
      _ = random.next32()
      addNoise(0.25, &values, count, &random, kernels)
      #expect(distance(values, expected) < 1e-6)
      var rest = slow
      #expect(random.next32() == rest.next32())
    }
  }
}
