import Foundation

/// A file of sound that is read from its beginning, or from a place in it.
protocol SoundSource {
  /// Samples a second of each channel.
  var rate: Int { get }
  var channels: Int { get }
  /// Samples of each channel, as far as the file says.
  var frames: Int { get }

  /// Goes to a frame; false where that cannot be done.
  func seek(to frame: Int) -> Bool

  /// Reads the next frames, at most so many, channels interleaved; 0 at the end.
  func read(_ block: UnsafeMutablePointer<Float>, frames: Int) throws(MediaError) -> Int
}

/// Opens a file as what its first bytes say, whatever its name is.
func openSound(_ path: String) throws(MediaError) -> any SoundSource {
  let head = try FileHead(path)
  if let container = SoundContainer(head) {
    try container.check(path, from: head.position)
    return try LibsndfileSource(path, from: head.position)
  }
  if let kind = ForeignKind(head.bytes, as: .sound) {
    throw MediaError(path, "is \(kind.name), which is not read as a sound; \(kind.mend)")
  }
  // Only the name tells an MP3 after other bytes.
  let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
  if head.hasTag || head.isMPEG || ["mp3", "mp2", "mp1", "mpga"].contains(ending) {
    return try MP3Source(path)
  }
  // libsndfile would read others, whose ends nothing here checks.
  throw MediaError(path, "unreadable sound: it begins like no kind of sound that Motet knows")
}
