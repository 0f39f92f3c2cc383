import Foundation
import Media
import TestSupport
import Testing

/// MP3 files as they are found, whole and not. Those of `Fixtures/sounds.py` have two seconds of 16
/// kHz in 58 frames: a tone, then silence.
@Suite(.serialized) struct MP3Tests {
  private static func bytes(_ name: String) throws -> [UInt8] {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures"))
    return Array(try Data(contentsOf: url))
  }

  /// Where the frames begin, the header's first. All have the same first two bytes, and none other.
  private static func frames(_ file: [UInt8]) -> [Int] {
    file.indices.dropLast().filter { file[$0] == 0xFF && file[$0 + 1] == 0xF3 }
  }

  private static let tag =
    Array("ID3".utf8) + [3, 0, 0, 0, 2, 0, 5] + [UInt8](repeating: 0, count: 2 * 16_384 + 5)
  private static let endTag = Array("TAG".utf8) + [UInt8](repeating: 0x78, count: 125)

  /// What reading gives, and what it says, without the path.
  private func read(
    _ file: [UInt8], named name: String = "a.mp3", seconds: Range<Double>? = nil
  ) throws -> (sound: Sound?, said: String) {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(name)"
      try writeFile(path, file)
      do { return (try Sound.read(path, seconds: seconds), "") } catch let error as MediaError {
        #expect(error.path == path)
        return (nil, error.message)
      }
    }
  }

  @Test(arguments: ["vbr.mp3", "cbr.mp3"]) func wholeFilesAreRead(name: String) throws {
    let sound = try #require(try read(Self.bytes(name)).sound)
    #expect(sound.rate == 16_000 && sound.samples.count == 32_000)
    // What the encoder put before the sound is left out: the tone is where it was.
    for i in stride(from: 500, to: 15_500, by: 37) {
      let expected = 0.5 * sin(2 * .pi * 500 * Double(i) / 16_000)
      #expect(abs(Double(sound.samples[i]) - expected) < 0.05)
    }
    #expect(sound.samples[16_500...].allSatisfy { abs($0) < 0.02 })
  }

  /// The first frame's rate says nothing of the others.
  @Test(arguments: ["vbr.mp3", "cbr.mp3"]) func whatHasNoHeaderKeepsItsLength(name: String) throws {
    let whole = try Self.bytes(name)
    let frames = Self.frames(whole)
    #expect(frames.count == 59)
    let plain = Array(whole[frames[1]...])
    let sound = try #require(try read(plain).sound)
    #expect(sound.samples.count == 58 * 576)
    let twice = try #require(try read(plain + plain).sound)
    #expect(twice.samples.count == 2 * 58 * 576)
  }

  @Test func tagsAndJunkAroundAreNoSound() throws {
    let whole = try Self.bytes("vbr.mp3")
    let expected = try read(whole).sound
    #expect(expected != nil)
    for (name, file) in [
      ("a.MP3", Self.tag + whole), ("a.wav", Self.tag + Self.tag + whole), ("a.wav", whole),
      ("a.mp3", whole + Self.endTag), ("a.mp3", Self.tag + whole + Self.endTag),
      ("a.mp3", whole + Array("APETAGEX".utf8) + [UInt8](repeating: 7, count: 9_000)),
      ("a.mp3", [UInt8](repeating: 0, count: 700) + whole),
      ("a.mp3", Array("junk, and more of it".utf8) + whole),
      ("a.mp3", whole + [UInt8](repeating: 0, count: 900)),
      ("a.mp3", whole + noise(1, 5_000).map { UInt8(100 + 50 * $0) }),
    ] {
      let (sound, said) = try read(file, named: name)
      #expect(sound == expected, "\(name), \(file.count) bytes: \(said)")
    }
  }

  /// Wherever that is: its header says how many frames there are.
  @Test(arguments: ["vbr.mp3", "cbr.mp3"]) func whatIsCutIsRefused(name: String) throws {
    let whole = try Self.bytes(name)
    for count in stride(from: 700, to: whole.count, by: 101) {
      let said = try read(Array(whole.prefix(count))).said
      #expect(said.hasPrefix("ends ") && said.contains("fetch it again"), "\(count): \(said)")
    }
    let frames = Self.frames(whole)
    #expect(
      try read(Array(whole[..<frames[30]])).said
        == "ends after 29 of the 58 frames that its header says; fetch it again")
    // Nothing says how much a file without a header should hold, but frames are whole.
    let plain = Array(whole[frames[1]..<frames[30]])
    #expect(try read(plain).sound?.samples.count == 29 * 576)
    #expect(
      try read(plain.dropLast(9)).said
        == "ends within a frame, after 1.01 s: it was cut; fetch it again")
  }

  /// Zeros, noise, and bytes that are gone, at any place and with or without a header.
  @Test(arguments: ["vbr.mp3", "cbr.mp3"]) func damageInTheMiddleIsRefused(name: String) throws {
    let whole = try Self.bytes(name)
    let frames = Self.frames(whole)
    for start in [0, frames[1]] {
      for place in [5, 20, 28, 40, 50] {
        let at = frames[place] - 3
        var zeros = whole
        for i in at..<at + 10 { zeros[i] = 0 }
        var noise = whole
        for i in at..<min(whole.count - 40, at + 700) { noise[i] = UInt8(i * i % 251) }
        for file in [zeros, noise, Array(whole[..<at] + whole[(at + 10)...])] {
          let said = try read(Array(file[start...])).said
          #expect(said.hasPrefix("damaged MP3 after ") && said.contains("fetch it"), "\(said)")
        }
      }
    }
  }

  /// Its header counts the frames; without one, others may refer to its bytes.
  @Test func aFrameThatIsGoneIsMissed() throws {
    let whole = try Self.bytes("cbr.mp3")
    let frames = Self.frames(whole)
    let lost = Array(whole[..<frames[2]] + whole[frames[3]...])
    #expect(try read(lost).said.hasPrefix("damaged MP3 after 0.04 s (frames are missing there"))
    let silent = Array(whole[..<frames[50]] + whole[frames[52]...])
    #expect(try read(silent).said.hasPrefix("ends after 56 of the 58 frames"))
  }

  @Test func whatIsJoinedIsRefused() throws {
    let (vbr, cbr) = (try Self.bytes("vbr.mp3"), try Self.bytes("cbr.mp3"))
    let plain = Array(cbr[Self.frames(cbr)[1]...])
    for file in [
      vbr + vbr, vbr + cbr, vbr + plain, Self.tag + vbr + Self.tag + vbr,
      vbr + Self.endTag + vbr, plain + vbr, plain + Self.tag + plain,
    ] {
      let said = try read(file).said
      #expect(
        said.hasPrefix("is several MP3 files joined") && said.contains("ffmpeg -i x.mp3"), "\(said)"
      )
    }
  }

  @Test func partsAreCutOut() throws {
    let file = try Self.bytes("vbr.mp3")
    let whole = try #require(try read(file).sound).samples
    let part = try #require(try read(file, seconds: 0.5..<0.75).sound).samples
    #expect(part.count == 4_000)
    #expect(zip(part, whole[8_000...]).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect(
      try read(file, seconds: 1.5..<2.5).said
        == "ends after 32000 samples, before those from 24000 to 40000")
  }

  /// No decoder has the terminal.
  @Test func nothingIsSaidButTheMessage() throws {
    let whole = try Self.bytes("vbr.mp3")
    try withTemporaryFolder { folder in
      let terminal = dup(STDERR_FILENO)
      let file = open("\(folder)/said", O_RDWR | O_CREAT, 0o600)
      dup2(file, STDERR_FILENO)
      for file in [
        Array(whole.prefix(1_500)), whole + whole, Array("no MP3".utf8),
        Array(whole[..<700] + [UInt8](repeating: 0, count: 90) + whole[790...]),
      ] {
        _ = try? read(file)
      }
      dup2(terminal, STDERR_FILENO)
      close(terminal)
      close(file)
      let said = try String(contentsOfFile: "\(folder)/said", encoding: .utf8)
      #expect(said.isEmpty, "\(said)")
    }
  }
}
