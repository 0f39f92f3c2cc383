import Foundation
import Media
import TestSupport
import Testing

@Suite struct SoundTests {
  /// A sine of amplitude 0.5.
  private func sine(_ frequency: Double, rate: Int, count: Int) -> [Int16] {
    (0..<count).map {
      Int16((16_384 * sin(2 * .pi * frequency * Double($0) / Double(rate))).rounded())
    }
  }

  /// Amplitude of one frequency in a sound.
  private func amplitude(_ sound: Sound, _ frequency: Double) -> Double {
    var (re, im) = (0.0, 0.0)
    for (i, sample) in sound.samples.enumerated() {
      let angle = 2 * .pi * frequency * Double(i) / Double(sound.rate)
      re += Double(sample) * cos(angle)
      im += Double(sample) * sin(angle)
    }
    return 2 * (re * re + im * im).squareRoot() / Double(sound.samples.count)
  }

  @Test func samplesComeBackExactly() throws {
    try withTemporaryFolder { folder in
      let samples: [Int16] = [0, 1, -1, 32_767, -32_768, 1_000]
      try writeFile("\(folder)/a.wav", waveFile(samples, rate: 16_000))
      let sound = try Sound.read("\(folder)/a.wav")
      #expect(sound.rate == 16_000)
      #expect(sound.samples == samples.map { Float($0) / 32_768 })
      #expect(try sound.resampled(to: 16_000) == sound)
    }
  }

  @Test func partsAreCutOut() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.wav"
      let samples = (0..<4_000).map { Int16($0) }
      try writeFile(path, waveFile(samples, rate: 1_000, channels: 2))
      let part = try Sound.read(path, seconds: 0.25..<0.751)
      #expect(part.samples.count == 501)
      let expected: [Float] = (250..<751).map { frame in Float(4 * frame + 1) / 2 / 32_768 }
      #expect(part.samples == expected)
      #expect(
        message { _ = try Sound.read(path, seconds: 1..<2.5) }
          == "\(path): ends after 2000 samples, before those from 1000 to 2500")
      #expect(
        message { _ = try Sound.read(path, seconds: 1..<1.0001) }
          == "\(path): a part of zero length")
    }
  }

  @Test func channelsAreAveraged() throws {
    try withTemporaryFolder { folder in
      try writeFile(
        "\(folder)/a.wav", waveFile([100, 300, -200, 200], rate: 8_000, channels: 2))
      #expect(
        try Sound.read("\(folder)/a.wav").samples == [200 / 32_768, 0])
    }
  }

  @Test func resamplingKeepsTheFrequency() throws {
    try withTemporaryFolder { folder in
      let mono = sine(1_000, rate: 11_025, count: 11_025)
      try writeFile(
        "\(folder)/a.wav", waveFile(mono.flatMap { [$0, $0] }, rate: 11_025, channels: 2))
      let sound = try Sound.read("\(folder)/a.wav").resampled(to: 16_000)
      #expect(sound.rate == 16_000)
      #expect(abs(sound.samples.count - 16_000) <= 1)
      #expect(abs(amplitude(sound, 1_000) - 0.5) < 0.005)
      for other in [500.0, 1_451, 2_000, 6_000] { #expect(amplitude(sound, other) < 0.005) }
    }
  }

  /// 44.1 kHz to 16 kHz: what is above 8 kHz must not come back below it.
  @Test func resamplingDoesNotAlias() throws {
    let high = sine(10_000, rate: 44_100, count: 44_100).map { Float($0) / 32_768 }
    let sound = try Sound(samples: high, rate: 44_100).resampled(to: 16_000)
    // Without the ends, where the tone starts and stops.
    #expect(sound.samples.dropFirst(500).dropLast(500).allSatisfy { abs($0) < 1e-4 })
  }

  @Test func soundsTooShortToResampleAreErrors() throws {
    #expect(try Sound(samples: [0.5], rate: 16_000).resampled(to: 48_000).samples.count == 3)
    let said = message { _ = try Sound(samples: [0.5], rate: 48_000).resampled(to: 16_000) }
    #expect(said == "resampling: the sound is less than one sample long at 16000 Hz")
  }

  /// A rate of 1 Hz would make an hour of a few bytes, one of 2·10⁹ Hz nothing.
  @Test func ratesOfNoSoundAreErrors() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.wav"
      for rate in [1, 999, 1_000_001, 2_000_000_000] {
        try writeFile(path, waveFile([1, 2, 3], rate: rate))
        #expect(
          message { _ = try Sound.read(path) }
            == "\(path): says \(rate) samples a second; sounds of 1000 to 1000000 are read")
      }
      try writeFile(path, waveFile([1, 2, 3], rate: 192_000))
      #expect(try Sound.read(path).samples.count == 3)
    }
  }

  @Test func partsFarBeyondTheEndAreErrors() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.wav"
      try writeFile(path, waveFile([1, 2, 3], rate: 8_000))
      for seconds in [1e18..<2e18, 0..<1e300, -1e300..<1e300, -1e18 ..< -1e17] {
        #expect(throws: MediaError.self) { try Sound.read(path, seconds: seconds) }
      }
    }
  }

  @Test func manyChannelsAreAveragedInBlocks() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.wav"
      let frames = 300
      let samples = (0..<frames).flatMap { [Int16](repeating: Int16($0), count: 1_000) }
      try writeFile(path, waveFile(samples, rate: 8_000, channels: 1_000))
      #expect(try Sound.read(path).samples == (0..<frames).map { Float($0) / 32_768 })
    }
  }

  /// To open a pipe that nobody writes to waits without end.
  @Test func pipesAreRefused() throws {
    try withTemporaryFolder { folder in
      #expect(mkfifo("\(folder)/a.wav", 0o600) == 0)
      #expect(message { _ = try Sound.read("\(folder)/a.wav") } == "\(folder)/a.wav: not a file")
      #expect(
        message { _ = try Picture.read("\(folder)/a.wav") } == "\(folder)/a.wav: not a file")
    }
  }

  @Test func flacIsRead() throws {
    try withTemporaryFolder { folder in
      let data = try #require(Data(base64Encoded: Self.flac))
      try writeFile("\(folder)/a.flac", data)
      let sound = try Sound.read("\(folder)/a.flac")
      #expect(sound.rate == 8_000 && sound.samples.count == 800)
      #expect(abs(amplitude(sound, 500) - 0.5) < 1e-3)
      try writeFile("\(folder)/b.flac", data.prefix(300))
      #expect(throws: MediaError.self) { try Sound.read("\(folder)/b.flac") }
    }
  }

  @Test func damageIsNamed() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.wav"
      func said() -> String { message { _ = try Sound.read(path) } ?? "nothing" }
      #expect(said() == "\(path): No such file or directory")
      try writeFile(path, [])
      #expect(said() == "\(path): the file is empty")
      try writeFile(path, Array("no sound, but long enough to have had a header in it".utf8))
      #expect(said().hasPrefix("\(path): unreadable sound"))
      try writeFile(path, waveFile([], rate: 8_000))
      #expect(said() == "\(path): a sound of zero length")
      try writeFile(path, waveFile([1, 2, 3, 4], rate: 8_000).dropLast(3))
      #expect(said() == "\(path): ends after 5 of 8 bytes of sound")
    }
  }

  // 0.1 s of 500 Hz at 8 kHz, amplitude 0.5, by libsndfile.
  static let flac =
    "ZkxhQwAAACIQABAAAAH4AAH4AfQA8AAAAyB8G9mMxG/l/oikmwLTXARihAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQy"
    + "AxLjQuMyAyMDIzMDYyMwAAAAD/+HQIAAMf90gAABh+LUE7IUAAtK8VX3nhyHP4BscU5iplK3rT+YxxTmKmUretP5jH"
    + "FOYqZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU"
    + "5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTm"
    + "KmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYq"
    + "ZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5ipl"
    + "K3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUr"
    + "etP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt6"
    + "0/mMcU5iplK3rT+YxxTmKmUretP5jHFOYqZSt60/mMcU5iplK3rT+YxxTmKmUreA4Mg="
}
