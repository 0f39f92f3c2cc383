import Foundation

/// Looks at where the parts of a file of sound begin and end, without decoding any. Its numbers may
/// be anybody's: none is added to before it was compared.
struct ContainerReader {
  let path: String
  let file: UnsafeMutablePointer<FILE>
  let size: Int
  /// Where the sound's own first byte is, after tags.
  let base: Int

  /// Chunks of a file that are looked at; a file of more is damaged, and would be walked for long.
  static let mostChunks = 4_096

  func bytes(_ count: Int, at position: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard fseek(file, position, SEEK_SET) == 0, fread(&bytes, 1, count, file) == count else {
      return []
    }
    return bytes
  }

  func has(_ mark: String, at position: Int) -> Bool {
    bytes(mark.utf8.count, at: position).elementsEqual(mark.utf8)
  }

  /// A whole number; one of eight bytes may be negative.
  func number(_ order: ByteOrder, _ count: Int = 4, at position: Int) -> Int {
    let bytes = bytes(count, at: position)
    return (order == .big ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
  }

  /// Where the content of a chunk is, and how long it says it is; nil where there is no such chunk.
  /// - Parameter lengthBytes: bytes of a length; where they are four, content is filled to an even
  ///   length.
  func chunk(
    _ mark: String, from start: Int, _ order: ByteOrder, lengthBytes: Int = 4
  ) throws(MediaError) -> (at: Int, length: Int)? {
    var at = start
    for _ in 0..<Self.mostChunks {
      // Zeros are what a file was never filled with.
      guard case let name = bytes(4, at: at), !name.isEmpty, name != [0, 0, 0, 0] else {
        return nil
      }
      let length = number(order, lengthBytes, at: at + 4)
      at += 4 + lengthBytes
      if name.elementsEqual(mark.utf8) { return (at, length) }
      guard 0...max(0, size - at) ~= length else { return nil }
      at += length + (lengthBytes == 4 ? length % 2 : 0)
    }
    throw MediaError(path, "is damaged: more than \(Self.mostChunks) chunks and no sound in them")
  }

  /// Headers written to a pipe announce the largest length there is, and are let through.
  func checkLength(_ length: Int, from position: Int) throws(MediaError) {
    if length >= 0x7FFF_0000 && length <= 0xFFFF_FFFF { return }
    try checkExactLength(length, from: position)
  }

  func checkExactLength(_ length: Int, from position: Int) throws(MediaError) {
    guard length >= 0 else { throw MediaError(path, "is damaged: its length is no length") }
    guard size - position >= length else {
      throw MediaError(
        path, "ends after \(max(0, size - position)) of \(length) bytes of sound")
    }
  }

  func joined(_ kind: String, at position: Int) -> MediaError {
    MediaError(
      path,
      "is several \(kind) files joined, the second from byte \(position) on; part them there")
  }

  /// - Parameter length: what the first file says it takes.
  func checkJoint(_ kind: String, _ mark: String, after length: Int) throws(MediaError) {
    guard 0...size - base ~= length else { return }
    let position = base + length
    // Lengths are even, but not all writers make them so.
    for at in [position, position + length % 2] where has(mark, at: at) {
      throw joined(kind, at: at)
    }
  }
}
