import Foundation
import Media
import TestSupport
import Testing

/// Files that hold something else than their names say, or something that is not read.
@Suite struct ForeignKindTests {
  private func said(_ head: String, as read: (String) throws -> Void) throws -> String {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a"
      try writeFile(
        path, head.unicodeScalars.map { UInt8($0.value) } + [UInt8](repeating: 1, count: 100))
      let said = message { try read(path) } ?? "nothing"
      #expect(said.hasPrefix("\(path): "))
      return String(said.dropFirst(path.count + 2))
    }
  }

  @Test(arguments: [
    ("\0\0\0\u{20}ftypM4A ", "MPEG-4 (AAC)", "ffmpeg -i x.m4a x.flac makes one that is"),
    ("\u{FF}\u{F1}P\u{80}", "AAC sound", "ffmpeg -i x.aac x.flac makes one that is"),
    ("\u{30}\u{26}\u{B2}\u{75}", "Windows Media (WMA)", "ffmpeg -i x.wma x.flac makes one that is"),
    ("<!DOCTYPE html>", "a page of HTML or XML", "fetch the file itself"),
    ("\n <HTML>", "a page of HTML or XML", "fetch the file itself"),
    ("version https://git-lfs.github.com/spec/v1", "a stand-in of Git LFS", "git lfs pull fetches"),
    ("\u{89}PNG\r\n", "a PNG picture", "move it away"),
    ("PK\u{3}\u{4}", "a ZIP archive", "unpack it"),
    // libsndfile would read what is left of them.
    ("FORM\0\0\0\u{64}8SVX", "an Amiga sound (8SVX)", "ffmpeg -i x.iff x.flac makes one that is"),
    ("\u{64}\u{A3}\u{1}\0", "an IRCAM sound", "ffmpeg -i x.sf x.flac makes one that is"),
    ("\0\u{1}\u{A3}\u{64}", "an IRCAM sound", "ffmpeg -i x.sf x.flac makes one that is"),
    ("PVF1\n1 8000 16\n", "a PVF sound", "ffmpeg -i x.pvf x.flac makes one that is"),
    (" paf\0", "an Ensoniq PARIS sound", "ffmpeg -i x.paf x.flac makes one that is"),
    ("2BIT", "an AVR sound", "ffmpeg -i x.avr x.flac makes one that is"),
    ("MATLAB 5.0 MAT-file", "a MATLAB file", "write its sound as WAV there"),
  ])
  func whatIsNoSoundIsNamed(head: String, name: String, mend: String) throws {
    let said = try said(head) { _ = try Sound.read($0) }
    #expect(said.hasPrefix("is \(name), which is not read as a sound; \(mend)"), "\(said)")
  }

  @Test(arguments: [
    ("RIFF1234WEBPVP8 ", "a WebP picture", "ffmpeg -i x.webp x.png makes one that is"),
    ("BM", "a BMP picture", "ffmpeg -i x.bmp x.png makes one that is"),
    ("GIF89a", "a GIF picture", "ffmpeg -i x.gif x.png makes one that is"),
    ("II*\0", "a TIFF picture", "ffmpeg -i x.tif x.png makes one that is"),
    ("\0\0\0\u{20}ftypheic", "a HEIC picture", "ffmpeg -i x.heic x.png makes one that is"),
    ("\0\0\0\u{20}ftypavif", "an AVIF picture", "ffmpeg -i x.avif x.png makes one that is"),
    (
      "\u{FEFF}".utf8.map { String(UnicodeScalar($0)) }.joined() + "<html>",
      "a page of HTML or XML", "fetch the file itself"
    ),
    ("RIFF1234WAVE", "a WAV sound", "move it away"),
    ("\0\0\0\u{20}ftypmp42", "MPEG-4 (AAC)", "move it away"),
  ])
  func whatIsNoPictureIsNamed(head: String, name: String, mend: String) throws {
    let said = try said(head) { _ = try Picture.read($0) }
    #expect(said.hasPrefix("is \(name), neither JPEG nor PNG; \(mend)"), "\(said)")
  }

  /// Of a foreign file the first bytes are enough, were it a terabyte.
  @Test func aLargeFileIsNotReadToBeNamed() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.jpg"
      for (head, name) in [("BM", "is a BMP picture"), ("<html>", "is a page"), ("?", "neither")] {
        try writeFile(path, Array(head.utf8))
        #expect(truncate(path, 1 << 40) == 0)
        let said = message { _ = try Picture.read(path) } ?? "nothing"
        #expect(said.hasPrefix("\(path): \(name)"), "\(said)")
      }
    }
  }

  @Test func whatNobodyKnowsIsSaidToBe() throws {
    #expect(
      try said("no kind") { _ = try Sound.read($0) }
        == "unreadable sound: it begins like no kind of sound that Motet knows")
    #expect(try said("no kind") { _ = try Picture.read($0) } == "neither JPEG nor PNG")
  }
}
