/// A WAV file of 16-bit samples, channels interleaved.
public func waveFile(_ samples: [Int16], rate: Int, channels: Int = 1) -> [UInt8] {
  func little(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  let length = samples.count * 2
  var file = Array("RIFF".utf8) + little(36 + length, 4) + Array("WAVEfmt ".utf8)
  file += little(16, 4) + little(1, 2) + little(channels, 2) + little(rate, 4)
  file += little(rate * channels * 2, 4) + little(channels * 2, 2) + little(16, 2)
  file += Array("data".utf8) + little(length, 4)
  return file + samples.flatMap { little(Int($0), 2) }
}
