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
  private static let format =
    little(1, 2) + little(1, 2) + little(8_000) + little(16_000) + little(2, 2) + little(16, 2)

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
    let lengths = little(80 + 400, 8) + little(announced, 8) + little(200, 8) + little(0)
    return Array("RF64".utf8) + little(0xFFFF_FFFF) + Array("WAVEds64".utf8) + little(28) + lengths
      + Array("fmt ".utf8) + little(16) + format + Array("data".utf8) + little(0xFFFF_FFFF) + sound
  }

  private static func sonyWave(_ announced: Int) -> [UInt8] {
    let end: [UInt8] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A]
    let first: [UInt8] = [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0]
    return Array("riff".utf8) + first + little(104 + announced, 8) + Array("wave".utf8) + end
      + Array("fmt ".utf8) + end + little(40, 8) + format + Array("data".utf8) + end
      + little(24 + announced, 8) + sound
  }

  @Test func whatIsCutIsRefused() throws {
    try withTemporaryFolder { folder in
      for (kind, make) in [
        ("aiff", Self.aiff), ("au", Self.sun), ("rf64", Self.longWave), ("w64", Self.sonyWave),
      ] {
        let path = "\(folder)/a.\(kind)"
        try writeFile(path, make(400))
        #expect(try Sound.read(path).samples.count == 200, "\(kind)")
        try writeFile(path, make(400).dropLast(100))
        #expect(message { _ = try Sound.read(path) }?.hasPrefix("\(path): ends after ") == true)
        try writeFile(path, make(402))
        #expect(message { _ = try Sound.read(path) }?.hasPrefix("\(path): ends after ") == true)
      }
      // A length that nobody knew.
      let path = "\(folder)/a.au"
      try writeFile(path, Self.sun(0xFFFF_FFFF))
      #expect(try Sound.read(path).samples.count == 200)
    }
  }
}
