import CMPG123
import Foundation

/// An MPEG sound file that libmpg123 has open.
final class MP3Handle {
  let path: String
  let size: Int
  let handle: OpaquePointer
  private let file: UnsafeMutablePointer<FILE>

  /// - Parameter flags: of libmpg123, beside those that keep it from the terminal.
  init(_ path: String, flags: mpg123_param_flags...) throws(MediaError) {
    // What older versions need before anything else.
    _ = Self.isReady
    (file, size) = try openFile(path)
    guard let handle = mpg123_new(nil, nil) else {
      fclose(file)
      throw MediaError(path, "no MP3 decoder")
    }
    self.path = path
    self.handle = handle
    let all = flags.reduce(MPG123_QUIET.rawValue | MPG123_FORCE_FLOAT.rawValue) { $0 | $1.rawValue }
    cmpg123_param(handle, Int32(MPG123_ADD_FLAGS.rawValue), Int(all))
    cmpg123_param(
      handle, Int32(MPG123_REMOVE_FLAGS.rawValue), Int(MPG123_AUTO_RESAMPLE.rawValue))
    // A frame may refer to the 511 bytes before it, which are in as many frames as are short.
    cmpg123_param(handle, Int32(MPG123_PREFRAMES.rawValue), 32)
    guard mpg123_open_fd(handle, fileno(file)) == MPG123_OK.rawValue else { throw unreadable }
  }

  deinit {
    mpg123_delete(handle)
    fclose(file)
  }

  /// What libmpg123 says of its last failure.
  var unreadable: MediaError {
    MediaError(path, "damaged MP3 (\(String(cString: mpg123_strerror(handle))))")
  }

  private static let isReady = mpg123_init() == MPG123_OK.rawValue
}
