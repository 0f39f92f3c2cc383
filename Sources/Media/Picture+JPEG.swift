import CTurboJPEG

extension Picture {
  /// Damage that the decoder only warns of is an error, but for stray bytes between segments, which
  /// some cameras leave and which cost no pixel.
  static func decodeJPEG(_ bytes: [UInt8], _ path: String) throws(MediaError) -> Picture {
    guard let decoder = tjInitDecompress() else { throw MediaError(path, "no JPEG decoder") }
    defer { tjDestroy(decoder) }
    func message() -> String { "damaged JPEG (\(String(cString: tjGetErrorStr2(decoder))))" }
    func isHarmless() -> Bool {
      tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
        && message().contains("extraneous bytes before marker")
    }

    var width: Int32 = 0
    var height: Int32 = 0
    var subsampling: Int32 = 0
    var space: Int32 = 0
    let header = tjDecompressHeader3(
      decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &space)
    guard header == 0 || isHarmless(), width > 0, height > 0 else {
      throw MediaError(path, message())
    }

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
    guard status == 0 || isHarmless() else { throw MediaError(path, message()) }
    return Picture(
      width: Int(width), height: Int(height), pixels: isCMYK ? rgb(fromCMYK: decoded) : decoded)
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
