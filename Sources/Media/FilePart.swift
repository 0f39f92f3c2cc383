import CSndFile
import Foundation

/// The bytes of a file from a place on, as libsndfile asks for them: as if it began there.
final class FilePart {
  private let file: UnsafeMutablePointer<FILE>
  private let size: Int
  private let base: Int

  init(_ path: String, from base: Int) throws(MediaError) {
    (file, size) = try openFile(path)
    self.base = base
  }

  deinit { fclose(file) }

  /// What libsndfile makes of them; nil where it cannot. The part must outlive it.
  func open(_ info: inout SF_INFO) -> OpaquePointer? {
    var calls = SF_VIRTUAL_IO(
      get_filelen: { FilePart.of($0).length },
      seek: { FilePart.of($2).seek(to: $0, from: $1) },
      read: { FilePart.of($2).read(into: $0, $1) },
      write: { _, _, _ in 0 },
      tell: { FilePart.of($0).position })
    _ = seek(to: 0, from: SEEK_SET)
    return sf_open_virtual(
      &calls, Int32(SFM_READ), &info, Unmanaged.passUnretained(self).toOpaque())
  }

  private static func of(_ pointer: UnsafeMutableRawPointer?) -> FilePart {
    Unmanaged<FilePart>.fromOpaque(pointer!).takeUnretainedValue()
  }

  private var length: sf_count_t { sf_count_t(max(0, size - base)) }

  private var position: sf_count_t { sf_count_t(ftell(file) - base) }

  /// Where it is afterwards, or -1 where there is no such place.
  private func seek(to offset: sf_count_t, from whence: Int32) -> sf_count_t {
    // Places are those in a header, which may be any numbers.
    let (place, isTooFar) = offset.addingReportingOverflow(
      whence == SEEK_SET ? sf_count_t(base) : 0)
    guard !isTooFar, whence != SEEK_SET || offset >= 0,
      fseek(file, Int(place), whence) == 0, position >= 0
    else { return -1 }
    return position
  }

  private func read(into bytes: UnsafeMutableRawPointer?, _ count: sf_count_t) -> sf_count_t {
    guard let bytes, count > 0 else { return 0 }
    return sf_count_t(fread(bytes, 1, Int(count), file))
  }
}
