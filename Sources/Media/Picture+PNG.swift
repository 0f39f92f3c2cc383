import CSpng
import Foundation

extension Picture {
  static func decodePNG(_ bytes: [UInt8], _ path: String) throws(MediaError) -> Picture {
    guard let context = spng_ctx_new(0) else { throw MediaError(path, "no PNG decoder") }
    defer { spng_ctx_free(context) }
    func check(_ status: Int32) throws(MediaError) {
      guard status == 0 else {
        throw MediaError(path, "damaged PNG (\(String(cString: spng_strerror(status))))")
      }
    }
    let picture: Result<Picture, MediaError> = bytes.withUnsafeBytes { raw in
      Result { () throws(MediaError) in
        try check(spng_set_png_buffer(context, raw.baseAddress, raw.count))
        var header = spng_ihdr()
        try check(spng_get_ihdr(context, &header))
        // Deflate makes at most 1,032 bytes of one, and a byte may hold 8 pixels.
        try checkSize(
          Int(header.width), Int(header.height), bytes: raw.count, densest: 8 * 1_032, path)
        let format = Int32(SPNG_FMT_RGB8.rawValue)
        var size = 0
        try check(spng_decoded_image_size(context, format, &size))
        var pixels = [UInt8](repeating: 0, count: size)
        try check(spng_decode_image(context, &pixels, size, format, 0))
        return Picture(width: Int(header.width), height: Int(header.height), pixels: pixels)
      }
    }
    return try picture.get()
  }

  /// How every PNG file begins.
  static let pngMark: [UInt8] = [0x89, 0x50, 0x4E, 0x47]

  /// Throws where `writePNG` would replace something else than a file of its own kind: a name may
  /// be a data set's by mistake. An empty file holds nothing to be lost.
  public static func requireReplaceable(_ path: String) throws(MediaError) {
    let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 || errno != ENOENT && errno != ENOTDIR else { return }
    defer { if descriptor >= 0 { close(descriptor) } }
    var status = stat()
    let isFile =
      descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    var head = [UInt8](repeating: 0, count: pngMark.count)
    guard isFile, status.st_size == 0 || Glibc.read(descriptor, &head, head.count) == head.count,
      status.st_size == 0 || head == pngMark
    else {
      throw MediaError(
        path, "is there and is no PNG file, which a picture may replace; name another, or remove it"
      )
    }
  }

  /// Writes the picture as PNG; the name never holds a half-written file. What is there and is no
  /// PNG file is not replaced.
  public func writePNG(_ path: String) throws(MediaError) {
    try Self.requireReplaceable(path)
    guard let context = spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else {
      throw MediaError(path, "no PNG encoder")
    }
    defer { spng_ctx_free(context) }
    func check(_ status: Int32) throws(MediaError) {
      guard status == 0 else {
        throw MediaError(path, "cannot be encoded (\(String(cString: spng_strerror(status))))")
      }
    }
    var header = spng_ihdr()
    header.width = UInt32(width)
    header.height = UInt32(height)
    header.bit_depth = 8
    header.color_type = UInt8(SPNG_COLOR_TYPE_TRUECOLOR.rawValue)
    try check(spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1))
    try check(spng_set_ihdr(context, &header))
    try check(
      spng_encode_image(
        context, pixels, pixels.count, Int32(SPNG_FMT_PNG.rawValue),
        Int32(SPNG_ENCODE_FINALIZE.rawValue)))
    var size = 0
    var status: Int32 = 0
    let encoded = spng_get_png_buffer(context, &size, &status)
    defer { free(encoded) }
    try check(status)
    try writeAtomically(UnsafeRawBufferPointer(start: encoded, count: size), to: path)
  }
}
