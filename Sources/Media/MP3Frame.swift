import CMPG123

/// What the bytes of an MPEG frame say of themselves and of the frames around them.
struct MP3Frame {
  /// A file's first frame may be silent and say what the file holds: the frames after it, and the
  /// bytes from it on.
  struct Announcement {
    let frames: Int?
    let bytes: Int?
  }

  let position: Int
  /// With its header.
  let length: Int
  /// Rate, version, layer and whether it has one channel: what no file changes on its way.
  let kind: UInt32
  let announcement: Announcement?
  /// Bytes of the frames before at which its sound begins, of its own, and bits that its sound
  /// takes; nil where frames stand alone (layers 1 and 2).
  let sound: (before: Int, own: Int, bits: Int)?

  /// The frame that a handle has parsed last; nil where there is none.
  init?(of source: MP3Handle) {
    var header: UInt = 0
    var body: UnsafeMutablePointer<UInt8>?
    var count = 0
    guard
      mpg123_framedata(source.handle, &header, &body, &count) == MPG123_OK.rawValue, let body
    else { return nil }
    let bytes = UnsafeBufferPointer(start: body, count: count)
    let head = UInt32(truncatingIfNeeded: header)
    position = Int(mpg123_framepos(source.handle))
    length = 4 + count
    let isMono = head >> 6 & 3 == 3
    kind = head & 0xFFFE_0C00 | (isMono ? 1 : 0)
    // Version 1 has two granules a frame, versions 2 and 2.5 have one.
    let isVersion1 = head >> 19 & 3 == 3
    let isLayer3 = head >> 17 & 3 == 1
    // A checksum stands before the side information where the header says so.
    let start = head >> 16 & 1 == 0 ? 2 : 0
    let side = isVersion1 ? (isMono ? 17 : 32) : (isMono ? 9 : 17)
    guard isLayer3, count >= start + side else {
      (announcement, sound) = (nil, nil)
      return
    }
    announcement = Self.announcement(bytes, at: side)
    var bits = BitReader(UnsafeBufferPointer(rebasing: bytes[start..<start + side]))
    let channels = isMono ? 1 : 2
    let before = bits.take(isVersion1 ? 9 : 8)
    _ = bits.take(isVersion1 ? (isMono ? 5 : 3) + 4 * channels : channels)
    var sum = 0
    for _ in 0..<(isVersion1 ? 2 : 1) * channels {
      sum += bits.take(12)
      _ = bits.take(isVersion1 ? 47 : 51)
    }
    sound = (before, count - start - side, sum)
  }

  /// Xing's header, of variable rate, or LAME's of the same layout (Info); or that of Fraunhofer's
  /// encoder (VBRI).
  private static func announcement(
    _ bytes: UnsafeBufferPointer<UInt8>, at side: Int
  ) -> Announcement? {
    func word(_ at: Int) -> Int? {
      guard at + 4 <= bytes.count else { return nil }
      return bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let xing = 0x5869_6E67
    let info = 0x496E_666F
    let vbri = 0x5642_5249
    if let tag = word(side), tag == xing || tag == info {
      let given = word(side + 4) ?? 0
      let hasFrames = given & 1 != 0
      return Announcement(
        frames: hasFrames ? word(side + 8) : nil,
        bytes: given & 2 != 0 ? word(side + (hasFrames ? 12 : 8)) : nil)
    }
    return word(32) == vbri ? Announcement(frames: word(46), bytes: word(42)) : nil
  }
}

/// Takes whole numbers from bytes, the highest bit first.
private struct BitReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func take(_ count: Int) -> Int {
    defer { at += count }
    return (at..<at + count).reduce(0) { $0 << 1 | Int(bytes[$1 / 8] >> (7 - $1 % 8) & 1) }
  }
}
