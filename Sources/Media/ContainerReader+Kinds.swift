import Foundation

/// What each kind of file says of its length, and where another may follow.
extension ContainerReader {
  func checkWave(_ order: ByteOrder) throws(MediaError) {
    if let data = try chunk("data", from: base + 12, order) {
      try checkLength(data.length, from: data.at)
    }
    let mark = order == .little ? "RIFF" : "RIFX"
    try checkJoint("WAV", mark, after: 8 + number(order, at: base + 4))
  }

  /// RF64, whose first chunk has the lengths that are too long for the others.
  func checkLongWave() throws(MediaError) {
    guard has("ds64", at: base + 12), let data = try chunk("data", from: base + 12, .little)
    else { return }
    let isLong = data.length == 0xFFFF_FFFF
    try checkExactLength(isLong ? number(.little, 8, at: base + 28) : data.length, from: data.at)
    let length = number(.little, 8, at: base + 20)
    if length >= 0, length <= size { try checkJoint("RF64", "RF64", after: 8 + length) }
  }

  /// W64, which says at once how long the file is.
  func checkSonyWave() throws(MediaError) {
    let length = number(.little, 8, at: base + 16)
    guard length >= 0, size - base >= length else {
      throw MediaError(path, "ends after \(size - base) of \(length) bytes")
    }
    try checkJoint("W64", "riff", after: length)
  }

  func checkAIFF() throws(MediaError) {
    if let data = try chunk("SSND", from: base + 12, .big) {
      try checkLength(data.length, from: data.at)
    }
    try checkJoint("AIFF", "FORM", after: 8 + number(.big, at: base + 4))
  }

  func checkSun(_ order: ByteOrder) throws(MediaError) {
    let (start, length) = (number(order, at: base + 4), number(order, at: base + 8))
    try checkLength(length, from: base + start)
    try checkJoint("AU", order == .big ? ".snd" : "dns.", after: start + length)
  }

  /// CAF, whose sound may be the last chunk and go on to the end, whatever that is.
  func checkCore() throws(MediaError) {
    guard let data = try chunk("data", from: base + 8, .big, lengthBytes: 8), data.length != -1
    else { return }
    try checkExactLength(data.length, from: data.at)
    let next = try chunk("caff", from: data.at + data.length, .big, lengthBytes: 8)
    if let next { throw joined("CAF", at: next.at - 12) }
  }

  /// VOC: blocks of a kind and three bytes of length, up to one of kind 0, which some leave out.
  func checkCreative() throws(MediaError) {
    var at = base + number(.little, 2, at: base + 20)
    for _ in 0..<Self.mostChunks {
      guard let kind = bytes(1, at: at).first else {
        // Where the last block ends.
        if at == size { return }
        throw MediaError(path, "ends before its first block")
      }
      guard kind != 0 else {
        return try checkJoint("VOC", "Creative Voice File", after: at + 1 - base)
      }
      guard size - at >= 4 else { throw MediaError(path, "ends within a block's head") }
      try checkExactLength(number(.little, 3, at: at + 1), from: at + 4)
      at += 4 + number(.little, 3, at: at + 1)
    }
    throw MediaError(path, "is damaged: more than \(Self.mostChunks) blocks")
  }

  /// NIST's SPHERE: lines of a name, a kind and a value; the second says how long they are.
  func checkSphere() throws(MediaError) {
    let text = String(decoding: bytes(min(1_024, size - base), at: base), as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    func value(_ name: String) -> Substring? {
      lines.first { $0.count > 2 && $0[0] == name }?[2]
    }
    if let coding = value("sample_coding"), coding.contains("shorten") {
      throw MediaError(
        path, "is packed by shorten, which is not read; ffmpeg -i x.sph x.flac makes one that is")
    }
    let factors = [value("sample_count"), value("channel_count") ?? "1", value("sample_n_bytes")]
      .map { $0.flatMap { Int($0) } ?? -1 }
    guard lines.count > 1, let start = lines[1].first.flatMap({ Int($0) }), start >= 0,
      start <= size, let length = product(factors)
    else { throw MediaError(path, "is damaged: its header does not say how long the sound is") }
    try checkExactLength(length, from: base + start)
    // A multiple of a header's length is no rule.
    if start + length <= size { try checkJoint("NIST", "NIST_1A", after: start + length) }
  }

  /// Nil where a factor is negative, or the product too large to be a length.
  private func product(_ factors: [Int]) -> Int? {
    factors.reduce(1 as Int?) { product, factor in
      guard let product, factor >= 0 else { return nil }
      let (next, isTooMuch) = product.multipliedReportingOverflow(by: factor)
      return isTooMuch || next > 1 << 60 ? nil : next
    }
  }

  /// Nothing says where a FLAC file ends, but eight bytes that begin one are in none by chance.
  func checkFLAC() throws(MediaError) {
    let block = 1 << 20
    var at = base + 4
    while case let part = bytes(min(block, size - at), at: at), part.count > 8 {
      let found = part.withUnsafeBytes { part -> Int? in
        var place = 0
        while let next = memchr(part.baseAddress! + place, 0x66, part.count - place) {
          place = UnsafeRawPointer(next) - part.baseAddress!
          let begins = part[place...].prefix(8)
          // FLAC's mark, and the first block's kind and length; the last block has another kind.
          if begins.starts(with: "fLaC".utf8), begins.count == 8,
            begins[place + 4] & 0x7F == 0, begins[(place + 5)...].elementsEqual([0, 0, 34])
          {
            return place
          }
          place += 1
        }
        return nil
      }
      if let found { throw joined("FLAC", at: at + found) }
      // What lies across the end is found in the next part.
      at += part.count - 7
    }
  }

  /// Streams that sound at once begin together; one that begins later follows another.
  func checkOgg() throws(MediaError) {
    var at = base
    var isWithin = false
    while case let page = bytes(27, at: at), page.starts(with: "OggS".utf8) {
      let begins = page[5] & 2 != 0
      if begins, isWithin { throw joined("Ogg", at: at) }
      isWithin = isWithin || !begins
      at += 27 + Int(page[26]) + bytes(Int(page[26]), at: at + 27).reduce(0) { $0 + Int($1) }
    }
  }
}
