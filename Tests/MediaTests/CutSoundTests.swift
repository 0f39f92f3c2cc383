import Foundation
import Media
import TestSupport
import Testing

/// Files that end before their header says: libsndfile gives what there is without a word.
@Suite struct CutSoundTests {
  private static let sound = [UInt8](repeating: 3, count: 400)

  private static func big(_ value: Int, _ bytes: Int = 4) -> [UInt8] {
    Array(little(value, bytes).reversed())
  }

  private static func little(_ value: Int, _ bytes: Int = 4) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// 200 samples of 16 bits at 8 kHz.
  private static func format(_ number: (_ value: Int, _ bytes: Int) -> [UInt8]) -> [UInt8] {
    number(1, 2) + number(1, 2) + number(8_000, 4) + number(16_000, 4) + number(2, 2)
      + number(16, 2)
  }

  private static func wave(_ announced: Int) -> [UInt8] {
    Array("RIFF".utf8) + little(36 + announced) + Array("WAVEfmt ".utf8) + little(16)
      + format(little) + Array("data".utf8) + little(announced) + sound
  }

  private static func bigWave(_ announced: Int) -> [UInt8] {
    Array("RIFX".utf8) + big(36 + announced) + Array("WAVEfmt ".utf8) + big(16) + format(big)
      + Array("data".utf8) + big(announced) + sound
  }

  private static func core(_ announced: Int) -> [UInt8] {
    let rate = Int(truncatingIfNeeded: (8_000.0).bitPattern)
    let description = Array("lpcm".utf8) + [0, 2, 1, 1, 16].flatMap { big($0) }
    return Array("caff".utf8) + big(1, 2) + big(0, 2) + Array("desc".utf8) + big(32, 8)
      + big(rate, 8) + description + Array("data".utf8) + big(4 + announced, 8) + big(0) + sound
  }

  /// A block of 16 bits, and the last.
  private static func creative(_ announced: Int) -> [UInt8] {
    let head = Array("Creative Voice File".utf8) + [0x1A] + little(26, 2) + little(0x0114, 2)
    let format = little(8_000) + [16, 1] + little(4, 2) + little(0)
    return head + little(0x111F, 2) + [9] + little(12 + announced, 3) + format + sound + [0]
  }

  private static func sphere(_ announced: Int) -> [UInt8] {
    let lines = [
      "NIST_1A", "   1024", "sample_count -i \(announced / 2)", "sample_n_bytes -i 2",
      "channel_count -i 1", "sample_byte_format -s2 01", "sample_rate -i 8000",
      "sample_coding -s3 pcm", "sample_sig_bits -i 16", "end_head", "",
    ].joined(separator: "\n")
    return Array(lines.utf8) + [UInt8](repeating: 0x20, count: 1_024 - lines.utf8.count) + sound
  }

  private static func littleSun(_ announced: Int) -> [UInt8] {
    Array("dns.".utf8) + [24, announced, 3, 8_000, 1].flatMap { little($0) } + sound
  }

  /// What writes 200 samples of 16 bits, 400 bytes, under a header that announces so many; and what
  /// two of them joined are called.
  static var kinds: [(name: String, joined: String, make: (Int) -> [UInt8])] {
    [
      ("wav", "WAV", wave), ("rifx", "WAV", bigWave), ("rf64", "RF64", longWave),
      ("w64", "W64", sonyWave), ("aiff", "AIFF", aiff), ("au", "AU", sun), ("dns", "AU", littleSun),
      ("caf", "CAF", core), ("voc", "VOC", creative), ("sph", "NIST", sphere),
    ]
  }

  private static func aiff(_ announced: Int) -> [UInt8] {
    let common: [UInt8] =
      big(1, 2) + big(200) + big(16, 2) + [0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0]
    let head = Array("COMM".utf8) + big(18) + common + Array("SSND".utf8) + big(announced + 8)
    return Array("FORM".utf8) + big(4 + head.count + 8 + 400) + Array("AIFF".utf8) + head
      + big(0, 8) + sound
  }

  private static func sun(_ announced: Int) -> [UInt8] {
    Array(".snd".utf8) + [24, announced, 3, 8_000, 1].flatMap { big($0) } + sound
  }

  private static func longWave(_ announced: Int) -> [UInt8] {
    let lengths = little(72 + 400, 8) + little(announced, 8) + little(200, 8) + little(0)
    return Array("RF64".utf8) + little(0xFFFF_FFFF) + Array("WAVEds64".utf8) + little(28) + lengths
      + Array("fmt ".utf8) + little(16) + format(little)
      + Array("data".utf8) + little(0xFFFF_FFFF) + sound
  }

  private static func sonyWave(_ announced: Int) -> [UInt8] {
    let end: [UInt8] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A]
    let first: [UInt8] = [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0]
    return Array("riff".utf8) + first + little(104 + announced, 8) + Array("wave".utf8) + end
      + Array("fmt ".utf8) + end + little(40, 8) + format(little) + Array("data".utf8) + end
      + little(24 + announced, 8) + sound
  }

  @Test func whatIsCutIsRefused() throws {
    try withTemporaryFolder { folder in
      for (kind, _, make) in Self.kinds {
        let path = "\(folder)/a.\(kind)"
        try writeFile(path, make(400))
        #expect(try Sound.read(path).samples.count == 200, "\(kind)")
        try writeFile(path, make(400).dropLast(100))
        func said() -> String { message { _ = try Sound.read(path) } ?? "nothing" }
        #expect(said().hasPrefix("\(path): ends after "), "\(kind): \(said())")
        // As in a sound of an even length, of which a block's end is no sound.
        try writeFile(path, make(404))
        #expect(said().hasPrefix("\(path): ends after "), "\(kind): \(said())")
        // And under another name: first bytes tell.
        try writeFile("\(folder)/\(kind).wav", make(404))
        #expect(message { _ = try Sound.read("\(folder)/\(kind).wav") } != nil, "\(kind)")
      }
      // A length that nobody knew.
      for (kind, make) in [("wav", Self.wave), ("au", Self.sun)] {
        try writeFile("\(folder)/b.\(kind)", make(0xFFFF_FFFF))
        #expect(try Sound.read("\(folder)/b.\(kind)").samples.count == 200, "\(kind)")
      }
    }
  }

  /// Players put tags before sounds of any kind; places in the file count from behind them.
  @Test func whatIsBehindATagIsReadAsWithoutIt() throws {
    let flac = Array(try #require(Data(base64Encoded: SoundTests.flac)))
    let tag = Array("ID3".utf8) + [3, 0, 0, 0, 0, 0, 21] + [UInt8](repeating: 0, count: 21)
    try withTemporaryFolder { folder in
      for (kind, file) in Self.kinds.map({ ($0.name, $0.make(400)) }) + [("flac", flac)] {
        let (plain, tagged) = ("\(folder)/plain.\(kind)", "\(folder)/tagged.\(kind)")
        try writeFile(plain, file)
        try writeFile(tagged, tag + file)
        func said() -> String? { message { _ = try Sound.read(tagged) } }
        #expect(said() == nil, "\(kind)")
        #expect(try Sound.read(tagged) == Sound.read(plain), "\(kind)")
        try writeFile(tagged, tag + file + file)
        let place = "the second from byte \(tag.count + file.count) on"
        #expect(said()?.contains(place) == true, "\(kind): \(said() ?? "nothing")")
        try writeFile(tagged, tag + file.dropLast(100))
        #expect(said() != nil, "\(kind)")
      }
    }
  }

  /// Nobody waits for the end of a file that only begins as a sound, were it a terabyte.
  @Test func zerosAfterAHeadAreNotWalked() throws {
    let empty = [UInt8](repeating: 0, count: 8)
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.wav"
      for head in ["RIFF----WAVE", "RIFX----WAVE", "RF64----WAVEds64", "FORM----AIFF", "caff----"] {
        try writeFile(path, Array(head.utf8))
        #expect(truncate(path, 1 << 40) == 0)
        #expect(message { _ = try Sound.read(path) } != nil, "\(head)")
        let chunks = (0..<5_000).flatMap { _ in Array("fill".utf8) + empty.prefix(4) }
        try writeFile(path, Array(head.utf8.prefix(12)) + chunks)
        let said = message { _ = try Sound.read(path) }
        #expect(said?.hasPrefix("\(path): ") == true, "\(head)")
      }
    }
  }
}
