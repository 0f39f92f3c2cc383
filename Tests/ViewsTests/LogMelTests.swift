import Foundation
import HDF5
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
    #expect(filters.bins == 4..<500)
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
}
