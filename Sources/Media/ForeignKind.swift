/// What a file is, by its first bytes, that is not read where it lies: as people call it, and what
/// can be done.
struct ForeignKind {
  let name: String
  let mend: String

  /// What a file was taken for.
  enum Medium { case picture, sound }

  /// Bytes that tell.
  static let headSize = 512

  /// - Parameter bytes: the file's first ones; those after `headSize` are not looked at.
  init?(_ bytes: [UInt8], as medium: Medium) {
    if Self.isPage(bytes) {
      (name, mend) = (
        "a page of HTML or XML", "fetch the file itself, at another address or after a login"
      )
      return
    }
    let found = Self.marks.first { mark in bytes.dropFirst(mark.at).starts(with: mark.bytes) }
    guard let found, found.use != .read(medium) else { return nil }
    name = found.name
    switch found.use {
    case .convert(let ending, medium):
      mend = "ffmpeg -i x.\(ending) x.\(medium == .sound ? "flac" : "png") makes one that is"
    case .convert, .read: mend = "move it away"
    case .other(let todo): mend = todo
    }
  }

  private enum Use: Equatable {
    /// Motet reads it.
    case read(Medium)
    /// Programs make something of it that Motet reads; the usual ending of its name.
    case convert(String, Medium)
    case other(String)
  }

  private struct Mark {
    let at: Int
    let bytes: [UInt8]
    let name: String
    let use: Use

    init(_ text: String, at: Int = 0, _ name: String, _ use: Use) {
      self.init(text.unicodeScalars.map { UInt8($0.value) }, at: at, name, use)
    }

    init(_ bytes: [UInt8], at: Int = 0, _ name: String, _ use: Use) {
      self.bytes = bytes
      self.at = at
      self.name = name
      self.use = use
    }
  }

  /// The first that fits counts.
  private static let marks: [Mark] = [
    Mark([0xFF, 0xD8, 0xFF], "a JPEG picture", .read(.picture)),
    Mark([0x89, 0x50, 0x4E, 0x47], "a PNG picture", .read(.picture)),
    Mark("WEBP", at: 8, "a WebP picture", .convert("webp", .picture)),
    Mark("GIF8", "a GIF picture", .convert("gif", .picture)),
    Mark("BM", "a BMP picture", .convert("bmp", .picture)),
    Mark("II*\0", "a TIFF picture", .convert("tif", .picture)),
    Mark("MM\0*", "a TIFF picture", .convert("tif", .picture)),
    Mark("8BPS", "a Photoshop picture", .convert("psd", .picture)),
    Mark("jP  ", at: 4, "a JPEG 2000 picture", .convert("jp2", .picture)),
    Mark("JXL ", at: 4, "a JPEG XL picture", .convert("jxl", .picture)),
    Mark("ftypheic", at: 4, "a HEIC picture", .convert("heic", .picture)),
    Mark("ftypheix", at: 4, "a HEIC picture", .convert("heic", .picture)),
    Mark("ftypmif1", at: 4, "a HEIC picture", .convert("heic", .picture)),
    Mark("ftypavif", at: 4, "an AVIF picture", .convert("avif", .picture)),
    Mark("ftyp", at: 4, "MPEG-4 (AAC)", .convert("m4a", .sound)),
    Mark([0xFF, 0xF1], "AAC sound", .convert("aac", .sound)),
    Mark([0xFF, 0xF9], "AAC sound", .convert("aac", .sound)),
    Mark("ADIF", "AAC sound", .convert("aac", .sound)),
    Mark([0x30, 0x26, 0xB2, 0x75], "Windows Media (WMA)", .convert("wma", .sound)),
    Mark([0x1A, 0x45, 0xDF, 0xA3], "Matroska or WebM", .convert("webm", .sound)),
    Mark("AVI ", at: 8, "an AVI video", .convert("avi", .sound)),
    Mark("#!AMR", "AMR sound", .convert("amr", .sound)),
    Mark("wvpk", "WavPack sound", .convert("wv", .sound)),
    Mark("MAC ", "Monkey's Audio", .convert("ape", .sound)),
    Mark("8SVX", at: 8, "an Amiga sound (8SVX)", .convert("iff", .sound)),
    Mark("16SV", at: 8, "an Amiga sound (16SV)", .convert("iff", .sound)),
    Mark([0x64, 0xA3], "an IRCAM sound", .convert("sf", .sound)),
    Mark([0xA3, 0x64], at: 2, "an IRCAM sound", .convert("sf", .sound)),
    Mark("PVF1", "a PVF sound", .convert("pvf", .sound)),
    Mark(" paf", "an Ensoniq PARIS sound", .convert("paf", .sound)),
    Mark("fap ", "an Ensoniq PARIS sound", .convert("paf", .sound)),
    Mark("2BIT", "an AVR sound", .convert("avr", .sound)),
    Mark("BW64", "a BW64 sound", .convert("wav", .sound)),
    Mark("MATLAB 5.0", "a MATLAB file", .other("write its sound as WAV there")),
    Mark("MThd", "MIDI", .other("it holds notes and no sound; move it away")),
    Mark("RIFF", "a WAV sound", .read(.sound)),
    Mark("fLaC", "a FLAC sound", .read(.sound)),
    Mark("OggS", "an Ogg sound", .read(.sound)),
    Mark("ID3", "an MP3 sound", .read(.sound)),
    Mark("%PDF", "a PDF document", .other("move it away")),
    Mark("PK\u{3}\u{4}", "a ZIP archive", .other("unpack it")),
    Mark([0x1F, 0x8B], "a gzip archive", .other("unpack it")),
    Mark("Rar!", "a RAR archive", .other("unpack it")),
    Mark("7z\u{BC}", "a 7z archive", .other("unpack it")),
    Mark("version https://git-lfs", "a stand-in of Git LFS", .other("git lfs pull fetches it")),
    Mark("\u{89}HDF", "an HDF5 file", .other("move it away")),
  ]

  /// What servers send in a file's place.
  private static func isPage(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes.prefix(headSize), as: UTF8.self).lowercased()
      .drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    return ["<!doctype html", "<html", "<?xml", "<head"].contains { text.hasPrefix($0) }
  }
}
