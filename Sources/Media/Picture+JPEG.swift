import CTurboJPEG

extension Picture {
  /// Damage that the decoder only warns of is an error, but for stray bytes between the segments
  /// before the scan, which some cameras leave and which cost no pixel. The decoder says the same
  /// of a scan in which it lost its way, and it says one thing alone: so the strays are taken out,
  /// and then it is to say nothing.
  static func decodeJPEG(_ given: [UInt8], _ path: String) throws(MediaError) -> Picture {
    guard let decoder = tjInitDecompress() else { throw MediaError(path, "no JPEG decoder") }
    defer { tjDestroy(decoder) }
    func message() -> String { "damaged JPEG (\(String(cString: tjGetErrorStr2(decoder))))" }

    var width: Int32 = 0
    var height: Int32 = 0
    var subsampling: Int32 = 0
    var space: Int32 = 0
    func readHeader(_ bytes: [UInt8]) -> Bool {
      tjDecompressHeader3(
        decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &space) == 0
    }
    var bytes = given
    var isRead = readHeader(bytes)
    if !isRead, tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue),
      message().contains("extraneous bytes before marker")
    {
      bytes = withoutStrays(given)
      isRead = readHeader(bytes)
    }
    guard isRead, width > 0, height > 0 else { throw MediaError(path, message()) }

    // A block of 64 pixels takes one bit at least, of the luminance alone.
    try checkSize(Int(width), Int(height), bytes: bytes.count, densest: 512, path)

    // libjpeg does not turn CMYK, which some photo collections hold, into RGB.
    let isCMYK = space == Int32(TJCS_CMYK.rawValue) || space == Int32(TJCS_YCCK.rawValue)
    let format = Int32(isCMYK ? TJPF_CMYK.rawValue : TJPF_RGB.rawValue)
    let channels = isCMYK ? 4 : 3
    var decoded = [UInt8](repeating: 0, count: Int(width) * Int(height) * channels)
    let status = tjDecompress2(
      decoder, bytes, UInt(bytes.count), &decoded, width, 0, height, format,
      TJFLAG_ACCURATEDCT)
    guard status == 0 else { throw MediaError(path, message()) }
    return Picture(
      width: Int(width), height: Int(height), pixels: isCMYK ? rgb(fromCMYK: decoded) : decoded)
  }

  /// A JPEG file without the bytes between its segments, up to the first scan, that decoders pass
  /// over.
  private static func withoutStrays(_ bytes: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    // The mark of a file's beginning.
    kept += bytes.prefix(2)
    var at = 2
    while let mark = nextMark(bytes, from: at) {
      at = mark
      let kind = bytes[at + 1]
      let isScanOrEnd = kind == 0xDA || kind == 0xD9
      // Marks that stand alone have no length.
      let isAlone = kind == 0x01 || 0xD0...0xD8 ~= kind
      guard !isScanOrEnd, isAlone || at + 3 < bytes.count else { break }
      let length = isAlone ? 0 : Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
      let end = min(bytes.count, at + 2 + length)
      kept += bytes[at..<end]
      at = end
    }
    kept += bytes[at...]
    return kept
  }

  /// Where the next mark begins: 255 and what is neither 255, which fills, nor 0.
  private static func nextMark(_ bytes: [UInt8], from start: Int) -> Int? {
    var at = start
    while at + 1 < bytes.count {
      if bytes[at] == 0xFF, bytes[at + 1] != 0xFF, bytes[at + 1] != 0 { return at }
      at += 1
    }
    return nil
  }

  /// Adobe's files store the inks inverted: 255 is no ink.
  private static func rgb(fromCMYK inks: [UInt8]) -> [UInt8] {
    var pixels = [UInt8](repeating: 0, count: inks.count / 4 * 3)
    for i in 0..<inks.count / 4 {
      let black = Int(inks[4 * i + 3])
      for c in 0..<3 { pixels[3 * i + c] = UInt8((Int(inks[4 * i + c]) * black + 127) / 255) }
    }
    return pixels
  }
}
