import CMPG123
import Foundation

/// MP3, and what else is MPEG sound, decoded by libmpg123.
///
/// Where a file says how many samples its encoder put before and after the sound (LAME's header),
/// they are left out; where it does not, they are part of it, as they are for most players.
final class MP3Source: SoundSource {
  let rate: Int
  let channels: Int
  let frames: Int
  private let source: MP3Handle
  private var position = 0

  init(_ path: String) throws(MediaError) {
    try MP3Scan.check(path)
    frames = try Self.length(path)
    // Which has not been scanned, since that moves the last bits of what is decoded afterwards.
    source = try MP3Handle(path)
    var rate = 0
    var channels: Int32 = 0
    var encoding: Int32 = 0
    guard
      mpg123_getformat(source.handle, &rate, &channels, &encoding) == MPG123_OK.rawValue,
      encoding == Int32(MPG123_ENC_FLOAT_32.rawValue)
    else { throw source.unreadable }
    self.rate = rate
    self.channels = Int(channels)
  }

  /// Exactly, by its frames, whatever its header says.
  private static func length(_ path: String) throws(MediaError) -> Int {
    let source = try MP3Handle(path)
    guard mpg123_scan(source.handle) == MPG123_OK.rawValue,
      case let length = Int(mpg123_length(source.handle)), length >= 0
    else { throw source.unreadable }
    return length
  }

  func seek(to frame: Int) -> Bool {
    position = frame
    return mpg123_seek(source.handle, frame, SEEK_SET) == frame
  }

  func read(
    _ block: UnsafeMutablePointer<Float>, frames: Int
  ) throws(MediaError) -> Int {
    let size = channels * MemoryLayout<Float>.stride
    // After the last frame libmpg123 would look for others, and complain.
    let wanted = min(frames, self.frames - position) * size
    var got = 0
    while wanted > 0 {
      let status = mpg123_read(source.handle, block, wanted, &got)
      switch mpg123_errors(status) {
      case MPG123_NEW_FORMAT where got == 0: continue
      case MPG123_OK, MPG123_DONE, MPG123_NEW_FORMAT:
        position += got / size
        return got / size
      default: throw source.unreadable
      }
    }
    return 0
  }
}
