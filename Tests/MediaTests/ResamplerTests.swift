import CSoxr
import Media
import TestSupport
import Testing

/// Reading and resampling by blocks gives the samples of the whole at once.
@Suite struct ResamplerTests {
  /// libsoxr's own function for a sound that is in memory.
  private func atOnce(_ sound: Sound, to rate: Int) -> [Float] {
    let room = sound.samples.count * rate / sound.rate + 2
    var result = [Float](repeating: 0, count: room)
    var (consumed, produced) = (0, 0)
    var format = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
    var quality = soxr_quality_spec(UInt(SOXR_HQ), 0)
    var runtime = soxr_runtime_spec(1)
    #expect(
      soxr_oneshot(
        Double(sound.rate), Double(rate), 1, sound.samples, sound.samples.count, &consumed, &result,
        room, &produced, &format, &quality, &runtime) == nil)
    return Array(result.prefix(produced))
  }

  @Test(arguments: [8_000, 11_025, 16_001, 24_000, 44_100, 48_000, 96_000])
  func blocksGiveTheSameBits(rate: Int) throws {
    for count in [1, 3, 500, 131_072, 131_073, 400_000] {
      let samples = noise(3, count).map { Int16($0 * 20_000) }
      try withTemporaryFolder { folder in
        let path = "\(folder)/a.wav"
        try writeFile(path, waveFile(samples, rate: rate))
        let whole = try Sound.read(path)
        let expected = atOnce(whole, to: 16_000)
        guard !expected.isEmpty else { return }
        #expect(try whole.resampled(to: 16_000).samples == expected, "\(count)")
        #expect(try Sound.read(path, rate: 16_000).samples == expected, "\(count)")
        let part = try Sound.read(path, seconds: 0..<Double(count) / Double(rate), rate: 16_000)
        #expect(part.samples == expected, "\(count)")
      }
    }
  }
}
