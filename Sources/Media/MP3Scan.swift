import CMPG123
import Foundation

/// Reads through the frames of an MPEG sound file without decoding them. MP3 has no place that must
/// say how long it is, and decoders go on after damage without a word: what was cut off, what is
/// damaged and what was joined shows in how frames follow one another.
struct MP3Scan {
  /// Frames with sound.
  private var count = 0
  private var announced: MP3Frame?
  private var last: MP3Frame?
  private var kind: UInt32 = 0
  /// Bytes of sound up to the last frame, and bits up to the end of what frames have used.
  private var stored = 0
  private var used = 0
  private let source: MP3Handle
  private let bytes: FileHandle

  /// Throws where the file is not one whole stream of sound.
  static func check(_ path: String) throws(MediaError) {
    var scan = try MP3Scan(path)
    try scan.run()
  }

  private init(_ path: String) throws(MediaError) {
    source = try MP3Handle(
      path, flags: MPG123_IGNORE_INFOFRAME, MPG123_IGNORE_STREAMLENGTH, MPG123_SKIP_ID3V2)
    guard let bytes = FileHandle(forReadingAtPath: path) else {
      throw MediaError(path, "cannot be read")
    }
    self.bytes = bytes
  }

  private mutating func run() throws(MediaError) {
    while true {
      let status = mpg123_framebyframe_next(source.handle)
      guard status == MPG123_OK.rawValue || status == MPG123_NEW_FORMAT.rawValue else { break }
      guard let frame = MP3Frame(of: source) else { throw source.unreadable }
      try add(frame)
    }
    guard count > 0, let last else { throw MediaError(source.path, "holds no MP3 frames") }
    try checkEnd(last.position + last.length)
  }

  private mutating func add(_ frame: MP3Frame) throws(MediaError) {
    if let last {
      let gap = frame.position - (last.position + last.length)
      let isNext = gap == 0 && frame.kind == kind && frame.announcement == nil
      guard isNext else {
        let isJoint = gap == 0 || tag(at: last.position + last.length)
        throw isJoint ? joined : damaged("\(gap) bytes there are no MP3")
      }
    } else {
      kind = frame.kind
      if frame.announcement != nil {
        announced = frame
        last = frame
        return
      }
    }
    if let sound = frame.sound {
      let start = stored - sound.before
      stored += sound.own
      guard count == 0 || 8 * start >= used, 8 * start + sound.bits <= 8 * stored else {
        throw damaged("frames are missing there, or were changed")
      }
      // What a stream refers to before its first frame is not there, and nobody's fault.
      used = 8 * start + sound.bits
    }
    count += 1
    last = frame
  }

  /// What is after the last frame is no sound: nothing, a tag, zeros that fill a block, or
  /// anything where all frames that the header says are there.
  private func checkEnd(_ end: Int) throws(MediaError) {
    let frames = announced?.announcement?.frames ?? 0
    guard frames < count || frames == 0 else {
      // Some encoders count the frame that says so.
      let isLong = announced!.announcement!.bytes.map { $0 > end - announced!.position } ?? false
      if frames == count || frames == count + 1 && !isLong { return }
      try checkTail(from: end)
      throw MediaError(
        source.path,
        "ends after \(count) of the \(frames) frames that its header says; fetch it again")
    }
    guard frames == 0 else { throw joined }
    try checkTail(from: end)
  }

  private func checkTail(from end: Int) throws(MediaError) {
    let tail = read(Self.longestTail + 1, at: end)
    guard !tail.isEmpty, !tag(at: end) else { return }
    let head = tail.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    let isFrame = tail.count < 4 ? tail[0] == 0xFF : head & 0xFFFE_0C00 == kind & ~1
    guard !isFrame else {
      throw MediaError(
        source.path, "ends within a frame, after \(seconds) s: it was cut; fetch it again")
    }
    guard tail.count <= Self.longestTail, tail.allSatisfy({ $0 == 0 }) else {
      throw damaged("\(source.size - end) bytes there are no MP3")
    }
  }

  private func tag(at position: Int) -> Bool {
    let head = read(11, at: position)
    return ["ID3", "3DI", "TAG", "APETAGEX", "LYRICSBEGIN"].contains { head.starts(with: $0.utf8) }
  }

  private func read(_ count: Int, at position: Int) -> [UInt8] {
    guard (try? bytes.seek(toOffset: UInt64(position))) != nil else { return [] }
    return (try? bytes.read(upToCount: count)).map { Array($0) } ?? []
  }

  private func damaged(_ how: String) -> MediaError {
    MediaError(
      source.path,
      "damaged MP3 after \(seconds) s (\(how)); fetch it again, or ffmpeg -i x.mp3 x.flac takes "
        + "what is left")
  }

  private var joined: MediaError {
    MediaError(
      source.path,
      "is several MP3 files joined, the first of \(seconds) s; ffmpeg -i x.mp3 x.flac makes one "
        + "sound of them")
  }

  /// Where the last whole frame ends.
  private var seconds: String {
    String(format: "%.2f", Double(count) * mpg123_tpf(source.handle))
  }

  /// Bytes.
  private static let longestTail = 4_096
}
