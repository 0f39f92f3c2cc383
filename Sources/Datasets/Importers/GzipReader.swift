import CZlib
import Foundation

/// Reads a file in order, unpacking it where it is compressed by gzip.
final class GzipReader {
  let path: String
  /// Whether a compressed file has ended before its own end.
  private(set) var isCut = false
  private let file: gzFile
  /// Bytes that are asked of the file at once.
  private static let block: UInt32 = 256 << 10

  init(_ path: String) throws {
    self.path = path
    let descriptor = try openRegular(path, mend: "fetch it again")
    guard let file = gzdopen(descriptor, "rb") else {
      close(descriptor)
      throw StoreError(path, "cannot be read: no memory")
    }
    self.file = file
    gzbuffer(file, Self.block)
  }

  deinit { gzclose(file) }

  /// The next `count` bytes; fewer, or none, where the file ends.
  func read(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = gzread(file, &bytes, UInt32(count))
    var code: Int32 = 0
    let message = gzerror(file, &code)
    isCut = isCut || code == Z_BUF_ERROR
    guard got >= 0 || isCut, isCut || code == Z_OK || code == Z_STREAM_END else {
      throw StoreError(path, "damaged gzip file (\(message.map { String(cString: $0) } ?? ""))")
    }
    bytes.removeLast(count - max(0, Int(got)))
    return bytes
  }

  /// What a message says more of a file's end where it was cut, and nothing elsewhere.
  var cut: String { isCut ? ": the gzip file is cut; fetch it again" : "" }

  /// The next big-endian 32-bit number.
  func readWord() throws -> Int {
    let bytes = try read(4)
    guard bytes.count == 4 else { throw StoreError(path, "ends within its header; fetch it again") }
    return bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}
