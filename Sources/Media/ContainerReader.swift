import Foundation

/// Looks at where the parts of a file of sound begin and end, without decoding any.
struct ContainerReader {
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

  private func littleEndian(_ count: Int = 4, at position: Int) -> Int {
    bytes(count, at: position).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Where the content of a chunk is, and how long it says it is; nil where there is no such chunk.
  private func chunk(
    _ mark: String, from start: Int, length: (_ at: Int) -> Int
  ) -> (at: Int, length: Int)? {
    var at = start
    while case let found = bytes(4, at: at), !found.isEmpty {
      let length = length(at + 4)
      at += 8
      if found.elementsEqual(mark.utf8) { return (at, length) }
      at += length + length % 2
    }
    return nil
  }

  /// Headers written to a pipe announce the largest length there is, and are let through.
  private func checkLength(_ length: Int, from position: Int) throws(MediaError) {
    if length >= 0x7FFF_0000 && length <= 0xFFFF_FFFF { return }
    try checkExactLength(length, from: position)
  }

  private func checkExactLength(_ length: Int, from position: Int) throws(MediaError) {
    guard size - position >= length else {
      throw MediaError(path, "ends after \(size - position) of \(length) bytes of sound")
    }
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

  func checkWave() throws(MediaError) {
    if let data = chunk("data", from: 12, length: { littleEndian(at: $0) }) {
      try checkLength(data.length, from: data.at)
    }
    try checkJoint("WAV", "RIFF", at: 8 + littleEndian(at: 4))
  }

  /// RF64, whose first chunk has the length that is too long for the others.
  func checkLongWave() throws(MediaError) {
    guard bytes(4, at: 12).elementsEqual("ds64".utf8),
      let data = chunk("data", from: 12, length: { littleEndian(at: $0) })
    else { return }
    let isLong = data.length == 0xFFFF_FFFF
    try checkExactLength(isLong ? littleEndian(8, at: 28) : data.length, from: data.at)
  }

  /// W64, which says at once how long the file is.
  func checkSonyWave() throws(MediaError) {
    let length = littleEndian(8, at: 16)
    guard size >= length else { throw MediaError(path, "ends after \(size) of \(length) bytes") }
  }

  func checkAIFF() throws(MediaError) {
    if let data = chunk("SSND", from: 12, length: { bigEndian(at: $0) }) {
      try checkLength(data.length, from: data.at)
    }
    try checkJoint("AIFF", "FORM", at: 8 + bigEndian(at: 4))
  }

  func checkSun() throws(MediaError) {
    let (start, length) = (bigEndian(at: 4), bigEndian(at: 8))
    try checkLength(length, from: start)
    try checkJoint("AU", ".snd", at: start + length)
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
