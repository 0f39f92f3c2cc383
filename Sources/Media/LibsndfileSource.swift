import CSndFile
import Foundation

/// What libsndfile decodes: everything but MP3. It passes over what `SoundContainer` refuses.
final class LibsndfileSource: SoundSource {
  let rate: Int
  let channels: Int
  let frames: Int
  private let path: String
  private let file: OpaquePointer
  /// What is behind a tag; nil where there is none.
  private let part: FilePart?

  /// - Parameter base: where the sound begins, after tags: libsndfile passes over those before some
  ///   kinds alone.
  init(_ path: String, from base: Int) throws(MediaError) {
    var info = SF_INFO()
    self.path = path
    part = try base > 0 ? FilePart(path, from: base) : nil
    file = try Self.open(path, part, &info)
    rate = Int(info.samplerate)
    channels = Int(info.channels)
    frames = Int(info.frames)
  }

  deinit { sf_close(file) }

  func seek(to frame: Int) -> Bool {
    sf_seek(file, sf_count_t(frame), SEEK_SET) == sf_count_t(frame)
  }

  func read(
    _ block: UnsafeMutablePointer<Float>, frames: Int
  ) throws(MediaError) -> Int {
    let got = Int(sf_readf_float(file, block, sf_count_t(frames)))
    let error = sf_error(file)
    guard error == 0 else {
      throw MediaError(path, "damaged sound (\(String(cString: sf_error_number(error))))")
    }
    return got
  }

  /// libsndfile keeps why it could not open a file in one place for all threads: whoever wants to
  /// read it there opens once more while no other does.
  private static func open(
    _ path: String, _ part: FilePart?, _ info: inout SF_INFO
  ) throws(MediaError) -> OpaquePointer {
    func attempt() -> OpaquePointer? {
      info = SF_INFO()
      if let part { return part.open(&info) }
      return sf_open(path, Int32(SFM_READ), &info)
    }
    openings.share()
    let file = attempt()
    openings.end()
    if let file { return file }
    openings.exclude()
    defer { openings.end() }
    if let file = attempt() { return file }
    throw MediaError(path, "unreadable sound (\(String(cString: sf_strerror(nil))))")
  }

  private static let openings = SharedLock()
}
