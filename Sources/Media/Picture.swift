/// A picture in memory: 8 bits for each of red, green and blue, row by row from the top.
public struct Picture: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// [height, width, 3].
  public var pixels: [UInt8]

  /// A picture of given pixels, [height, width, 3].
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      pixels.count == width * height * 3, "\(width)×\(height) with \(pixels.count) bytes")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  public init(width: Int, height: Int, colour: Colour) {
    self.width = width
    self.height = height
    pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      for i in 0..<width * height {
        buffer[3 * i] = colour.red
        buffer[3 * i + 1] = colour.green
        buffer[3 * i + 2] = colour.blue
      }
      count = width * height * 3
    }
  }

  /// Decodes a JPEG or PNG file, told apart by their first bytes. Grey becomes three equal
  /// channels, alpha is dropped, 16 bits become 8. A file that ends early is an error.
  public static func read(_ path: String) throws(MediaError) -> Picture {
    // A large file of another kind is not worth its memory.
    let bytes = try fileBytes(path, headSize: ForeignKind.headSize) { head throws(MediaError) in
      guard !head.starts(with: jpegMark), !head.starts(with: pngMark) else { return }
      guard let kind = ForeignKind(head, as: .picture) else {
        throw MediaError(path, "neither JPEG nor PNG")
      }
      throw MediaError(path, "is \(kind.name), neither JPEG nor PNG; \(kind.mend)")
    }
    return try bytes.starts(with: pngMark) ? decodePNG(bytes, path) : decodeJPEG(bytes, path)
  }

  /// How every JPEG file begins.
  private static let jpegMark: [UInt8] = [0xFF, 0xD8, 0xFF]
}

extension Picture {
  /// Refuses a header whose picture could not come out of the file's bytes, before memory is taken
  /// for it.
  /// - Parameter densest: pixels of a byte, at most, in the file's format.
  static func checkSize(
    _ width: Int, _ height: Int, bytes: Int, densest: Int, _ path: String
  ) throws(MediaError) {
    guard width <= largestSide, height <= largestSide else {
      throw MediaError(
        path, "is \(width)×\(height) pixels; the largest side that is read is \(largestSide)")
    }
    guard width * height <= bytes * densest else {
      throw MediaError(path, "damaged: \(width)×\(height) pixels do not fit into \(bytes) bytes")
    }
    guard width * height <= largestArea else {
      throw MediaError(
        path,
        "is \(width)×\(height) pixels; at most \(largestArea >> 20) Mpixel are read, which is "
          + "\(3 * (largestArea >> 20)) MiB: make it smaller")
    }
  }

  /// Pixels; no data set of pictures holds larger ones.
  static let largestSide = 65_536

  /// Pixels: a few kilobytes of one colour may say that they are a picture of gigabytes.
  static let largestArea = 256 << 20
}

/// An 8-bit colour.
public struct Colour: Sendable, Equatable {
  public let red, green, blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  public static let white = Colour(255, 255, 255)
  public static let black = Colour(0, 0, 0)
}
