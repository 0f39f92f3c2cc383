import Foundation
import Media
import TestSupport
import Testing

/// `cat a.ogg a.ogg` and the like: decoders read the first.
@Suite struct JoinedSoundTests {
  private static func files() throws -> [(kind: String, file: [UInt8])] {
    let ogg = try #require(
      Bundle.module.url(forResource: "tone.ogg", withExtension: nil, subdirectory: "Fixtures"))
    let flac = Array(try #require(Data(base64Encoded: SoundTests.flac)))
    return [
      ("FLAC", flac), ("Ogg", Array(try Data(contentsOf: ogg))),
      ("WAV", waveFile([1, 2, 3], rate: 8_000)),
    ] + CutSoundTests.kinds.map { ($0.joined, $0.make(400)) }
  }

  @Test func whatIsJoinedIsRefused() throws {
    try withTemporaryFolder { folder in
      for (kind, file) in try Self.files() {
        let path = "\(folder)/\(kind)"
        try writeFile(path, file)
        #expect(message { _ = try Sound.read(path) } == nil)
        try writeFile(path, file + file)
        #expect(
          message { _ = try Sound.read(path) }
            == "\(path): is several \(kind) files joined, the second from byte \(file.count) on; "
            + "part them there")
      }
    }
  }

  /// A mark across the bounds of the blocks that are searched.
  @Test func theSecondMayBeginAnywhere() throws {
    let flac = try Self.files()[0].file
    try withTemporaryFolder { folder in
      for shift in -8...8 {
        let path = "\(folder)/a.flac"
        let gap = (1 << 20) + 4 + shift - flac.count
        try writeFile(path, flac + [UInt8](repeating: 0x66, count: gap) + flac)
        let said = message { _ = try Sound.read(path) } ?? ""
        #expect(said.contains("the second from byte \(flac.count + gap) on"), "\(said)")
      }
    }
  }
}
