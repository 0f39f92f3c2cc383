import Foundation

/// The first bytes of a file, after the tags (ID3) that players put before some.
struct FileHead {
  private(set) var bytes: [UInt8] = []
  /// Where they begin: what a file of sound says of places in it counts from there.
  private(set) var position = 0
  var hasTag: Bool { position > 0 }

  /// Tags; no player puts more before a sound, and one of a few bytes after the other is none.
  private static let mostTags = 100

  init(_ path: String) throws(MediaError) {
    let (file, _) = try openFile(path)
    defer { fclose(file) }
    func read(at position: Int) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: ForeignKind.headSize)
      guard fseek(file, position, SEEK_SET) == 0 else { return [] }
      let count = fread(&bytes, 1, bytes.count, file)
      return Array(bytes.prefix(count))
    }
    bytes = read(at: position)
    for _ in 0..<Self.mostTags {
      guard bytes.count >= 10, bytes.starts(with: "ID3".utf8) else { break }
      // Seven bits a byte, and a footer of ten bytes where the flags say so.
      position += 10 + bytes[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7F) }
      if bytes[5] & 0x10 != 0 { position += 10 }
      bytes = read(at: position)
    }
  }

  /// Whether this is the header of an MPEG frame of layer 1, 2 or 3.
  var isMPEG: Bool {
    bytes.count > 3 && bytes[0] == 0xFF && bytes[1] & 0xE0 == 0xE0 && bytes[1] >> 3 & 3 != 1
      && bytes[1] >> 1 & 3 != 0 && bytes[2] >> 4 != 15 && bytes[2] >> 2 & 3 != 3
  }
}
