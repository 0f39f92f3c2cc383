import CZlib
import Foundation

/// Reads a file in order, unpacking it where it is compressed by gzip.
final class GzipReader {
  let path: String
  private let file: gzFile

  init(_ path: String) throws {
    self.path = path
    guard FileManager.default.isReadableFile(atPath: path), let file = gzopen(path, "rb") else {
      throw StoreError(path, "there is no such file, or it cannot be read")
    }
    self.file = file
  }

  deinit { gzclose(file) }

  /// The next `count` bytes; fewer, or none, where the file ends.
  func read(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = gzread(file, &bytes, UInt32(count))
    var code: Int32 = 0
    let message = gzerror(file, &code)
    guard got >= 0, code == Z_OK || code == Z_STREAM_END else {
      throw StoreError(path, "damaged gzip file (\(message.map { String(cString: $0) } ?? ""))")
    }
    bytes.removeLast(count - Int(got))
    return bytes
  }

  /// The next big-endian 32-bit number.
  func readWord() throws -> Int {
    let bytes = try read(4)
    guard bytes.count == 4 else { throw StoreError(path, "ends within its header") }
    return bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}
