import Foundation

/// The kinds of files that libsndfile reads, as far as their first bytes tell, and what it passes
/// over without a word: that a file ends before its header says, and that several were joined, of
/// which it would read the first.
enum SoundContainer {
  case wave, aiff, sun, flac, ogg, other

  /// Nil where the bytes are of none of them.
  init?(_ head: FileHead) {
    func has(_ text: String, at: Int = 0) -> Bool {
      head.bytes.dropFirst(at).starts(with: text.utf8)
    }
    if has("RIFF"), has("WAVE", at: 8) {
      self = .wave
    } else if has("FORM"), has("AIF", at: 8) {
      self = .aiff
    } else if has(".snd") {
      self = .sun
    } else if has("fLaC") {
      self = .flac
    } else if has("OggS") {
      self = .ogg
    } else if ["RIFX", "RF64", "riff", "caff", "Creative Voice File", "NIST_1A"].contains(where: {
      has($0)
    }) {
      self = .other
    } else {
      return nil
    }
  }

  /// Throws where the file is cut or joined in a way that decoding it would not show.
  func check(_ path: String) throws(MediaError) {
    let (file, size) = try openFile(path)
    defer { fclose(file) }
    let reader = ContainerReader(path: path, file: file, size: size)
    switch self {
    case .wave: try reader.checkWave()
    case .aiff: try reader.checkAIFF()
    case .sun: try reader.checkSun()
    case .flac: try reader.checkFLAC()
    case .ogg: try reader.checkOgg()
    case .other: break
    }
  }
}

private struct ContainerReader {
  let path: String
  let file: UnsafeMutablePointer<FILE>
  let size: Int

  private func bytes(_ count: Int, at position: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard fseek(file, position, SEEK_SET) == 0, fread(&bytes, 1, count, file) == count else {
      return []
    }
    return bytes
  }

  private func bigEndian(at position: Int) -> Int {
    bytes(4, at: position).reduce(0) { $0 << 8 | Int($1) }
  }

  private func littleEndian(at position: Int) -> Int {
    bytes(4, at: position).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private func joined(_ kind: String, at position: Int) -> MediaError {
    MediaError(
      path,
      "is several \(kind) files joined, the second from byte \(position) on; part them there")
  }

  private func checkJoint(_ kind: String, _ mark: String, at position: Int) throws(MediaError) {
    // Lengths are even, but not all writers make them so.
    for at in [position, position + position % 2]
    where bytes(4, at: at).elementsEqual(mark.utf8) {
      throw joined(kind, at: at)
    }
  }

  /// Headers written to a pipe announce the largest length there is, and are let through.
  func checkWave() throws(MediaError) {
    var at = 12
    while case let chunk = bytes(4, at: at), !chunk.isEmpty {
      let length = littleEndian(at: at + 4)
      at += 8
      if chunk.elementsEqual("data".utf8) {
        guard size - at >= length || length >= 0x7FFF_0000 else {
          throw MediaError(path, "ends after \(size - at) of \(length) bytes of sound")
        }
        break
      }
      at += length + length % 2
    }
    let end = 8 + littleEndian(at: 4)
    try checkJoint("WAV", "RIFF", at: end)
  }

  func checkAIFF() throws(MediaError) {
    let end = 8 + bigEndian(at: 4)
    try checkJoint("AIFF", "FORM", at: end)
  }

  func checkSun() throws(MediaError) {
    try checkJoint("AU", ".snd", at: bigEndian(at: 4) + bigEndian(at: 8))
  }

  /// Nothing says where a FLAC file ends, but eight bytes that begin one are in none by chance.
  func checkFLAC() throws(MediaError) {
    let block = 1 << 20
    var at = 4
    while case let part = bytes(min(block, size - at), at: at), part.count > 8 {
      let found = part.withUnsafeBytes { part -> Int? in
        var place = 0
        while let next = memchr(part.baseAddress! + place, 0x66, part.count - place) {
          place = UnsafeRawPointer(next) - part.baseAddress!
          let begins = part[place...].prefix(8)
          // FLAC's mark, and the first block's kind and length; the last block has another kind.
          if begins.starts(with: "fLaC".utf8), begins.count == 8,
            begins[place + 4] & 0x7F == 0, begins[(place + 5)...].elementsEqual([0, 0, 34])
          {
            return place
          }
          place += 1
        }
        return nil
      }
      if let found { throw joined("FLAC", at: at + found) }
      // What lies across the end is found in the next part.
      at += part.count - 7
    }
  }

  /// Streams that sound at once begin together; one that begins later follows another.
  func checkOgg() throws(MediaError) {
    var at = 0
    var isWithin = false
    while case let page = bytes(27, at: at), page.starts(with: "OggS".utf8) {
      let begins = page[5] & 2 != 0
      if begins, isWithin { throw joined("Ogg", at: at) }
      isWithin = isWithin || !begins
      at += 27 + Int(page[26]) + bytes(Int(page[26]), at: at + 27).reduce(0) { $0 + Int($1) }
    }
  }
}
