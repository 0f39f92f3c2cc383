import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct PictureTests {
  // Written by Pillow: one colour (200, 30, 60), 16 × 8.
  static let jpeg =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL"
    + "EBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
    + "FBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAIABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEA"
    + "AAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABgj/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIR"
    + "AxEAPwCFADS3X//Z"
  /// Grey 100, 8 × 8.
  static let greyJPEG =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL"
    + "EBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAB//EABQQAQAAAAAAAAAA"
    + "AAAAAAAAAAD/2gAIAQEAAD8ANH//2Q=="
  /// Magenta and yellow ink, 8 × 8: red.
  static let inksJPEG =
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAW"
    + "EBETFBUVFQwPFxgWFBgSFBUU/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABQAAQAAAAAAAAAAAAAAAAAAAAn/xAAUEAEA"
    + "AAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AFTFUKoqb//Z"
  /// (10, 20, 30) at half opacity, 4 × 2.
  static let alphaPNG =
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAYAAAB/qH1jAAAAE0lEQVR4nGPkEpFrYEACTAxoAAAW0gDAxr9FaAAAAABJRU"
    + "5ErkJggg=="
  /// 16-bit grey: 0, 65535, 32768, 256.
  static let deepPNG =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACEAAAAAAHTY67AAAAEklEQVR4nGNgYPj/n6GBgZEBAA7/AoBiWyn9AAAAAElFTk"
    + "SuQmCC"

  private func read(_ base64: String, cut: Int? = nil) throws -> Picture {
    try withTemporaryFolder { folder in
      let data = try #require(Data(base64Encoded: base64))
      try writeFile("\(folder)/picture", data.prefix(cut ?? data.count))
      return try Picture.read("\(folder)/picture")
    }
  }

  private func near(_ picture: Picture, _ r: Int, _ g: Int, _ b: Int, within: Int) -> Bool {
    picture.pixels.enumerated().allSatisfy { abs(Int($1) - [r, g, b][$0 % 3]) <= within }
  }

  @Test func jpegBecomesRGB() throws {
    let picture = try read(Self.jpeg)
    #expect(picture.width == 16 && picture.height == 8)
    #expect(near(picture, 200, 30, 60, within: 3))
    #expect(near(try read(Self.greyJPEG), 100, 100, 100, within: 1))
    #expect(near(try read(Self.inksJPEG), 255, 0, 0, within: 3))
  }

  @Test func pngBecomesRGB() throws {
    let picture = try read(Self.alphaPNG)
    #expect(picture == Picture(width: 4, height: 2, colour: Colour(10, 20, 30)))
    #expect(
      try read(Self.deepPNG).pixels == [0, 0, 0, 255, 255, 255, 128, 128, 128, 1, 1, 1])
  }

  @Test func pngComesBackAsItWasWritten() throws {
    try withTemporaryFolder { folder in
      let pixels = noise(1, 7 * 5 * 3).map { UInt8(($0 + 1) * 127) }
      let picture = Picture(width: 7, height: 5, pixels: pixels)
      try picture.writePNG("\(folder)/a.png")
      #expect(try Picture.read("\(folder)/a.png") == picture)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.png"])
    }
  }

  @Test func nothingButAPNGFileIsReplaced() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.png"
      let picture = Picture(width: 2, height: 2, colour: .black)
      func said() -> String? { message { try picture.writePNG(path) } }
      let refusal =
        "\(path): is there and is no PNG file, which a picture may replace; name another, or "
        + "remove it"
      for content in ["years of work", "\u{89}", "\u{89}HDF\r\n"] {
        let bytes = content.unicodeScalars.map { UInt8($0.value) }
        try writeFile(path, bytes)
        #expect(said() == refusal)
        #expect(message { try Picture.requireReplaceable(path) } == refusal)
        #expect(FileManager.default.contents(atPath: path) == Data(bytes))
      }
      for make in [{ mkfifo(path, 0o600) }, { mkdir(path, 0o700) }] {
        try FileManager.default.removeItem(atPath: path)
        #expect(make() == 0)
        #expect(said() == refusal)
      }
      rmdir(path)
      try writeFile(path, [])
      #expect(said() == nil)
      #expect(said() == nil)
      #expect(try Picture.read(path) == picture)
    }
  }

  /// Some cameras leave them between segments.
  @Test func strayBytesInAJPEGCostNothing() throws {
    let whole = try #require(Data(base64Encoded: Self.jpeg))
    let expected = try read(Self.jpeg)
    for marker: UInt8 in [0xDB, 0xC0, 0xC4, 0xDA] {
      var file = whole
      let place = try #require(file.range(of: Data([0xFF, marker]))).lowerBound
      file.insert(contentsOf: [1, 2, 3], at: place)
      #expect(try read(file.base64EncodedString()) == expected, "\(marker)")
    }
  }

  /// But for the end marker (2 bytes, 12 in PNG), which says nothing about the pixels.
  @Test(arguments: [jpeg, greyJPEG, alphaPNG, deepPNG])
  func everyTruncationIsAnError(_ base64: String) throws {
    let size = try #require(Data(base64Encoded: base64)).count
    for cut in stride(from: 1, to: size - 13, by: 7) {
      #expect(throws: MediaError.self, "\(cut) of \(size)") { try read(base64, cut: cut) }
    }
  }

  /// A header that promises more than the bytes can hold takes no memory.
  @Test func hugeHeadersAreErrors() throws {
    var jpeg = try #require(Data(base64Encoded: Self.jpeg))
    let frame = try #require(jpeg.range(of: Data([0xFF, 0xC0])))
    for (i, byte) in [0xFF, 0xDC, 0xFF, 0xDC].enumerated() {
      jpeg[frame.upperBound + 3 + i] = UInt8(byte)
    }
    try withTemporaryFolder { folder in
      try writeFile("\(folder)/a.jpg", jpeg)
      #expect(
        message { _ = try Picture.read("\(folder)/a.jpg") }
          == "\(folder)/a.jpg: damaged: 65500×65500 pixels do not fit into \(jpeg.count) bytes")
      // One colour at its densest is read.
      let wide = Picture(width: 3_000, height: 3_000, colour: Colour(1, 2, 3))
      try wide.writePNG("\(folder)/b.png")
      #expect(try Picture.read("\(folder)/b.png") == wide)
    }
  }

  /// 64 MB of one colour could be a picture of 100 GB.
  @Test func picturesAboveTheLargestAreaAreRefused() throws {
    let message = { (width: Int, height: Int) in
      TestSupport.message {
        try Picture.checkSize(width, height, bytes: 1 << 26, densest: 512, "a.jpg")
      }
    }
    #expect(message(16_384, 16_384) == nil)
    #expect(
      message(16_385, 16_384)
        == "a.jpg: is 16385×16384 pixels; at most 256 Mpixel are read, which is 768 MiB: "
        + "make it smaller")
    #expect(message(65_537, 1)?.contains("the largest side that is read is 65536") == true)
  }

  @Test func whatIsNoPictureIsNamed() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.png"
      #expect(message { _ = try Picture.read(path) } == "\(path): No such file or directory")
      try writeFile(path, [])
      #expect(message { _ = try Picture.read(path) } == "\(path): the file is empty")
      try writeFile(path, Array("text".utf8))
      #expect(message { _ = try Picture.read(path) } == "\(path): neither JPEG nor PNG")
      #expect(message { _ = try Picture.read(folder) } == "\(folder): not a file")
      let nowhere = "\(folder)/none/a.png"
      let said = message { try Picture(width: 1, height: 1, colour: .white).writePNG(nowhere) }
      #expect(said?.hasPrefix("\(nowhere): cannot be written") == true)
    }
  }

  @Test func fillingKeepsOneColourAndCutsTheMiddle() {
    let plain = Picture(width: 31, height: 17, colour: Colour(9, 99, 199))
    #expect(plain.filling(side: 8) == Picture(width: 8, height: 8, colour: Colour(9, 99, 199)))
    #expect(plain.filling(side: 40) == Picture(width: 40, height: 40, colour: Colour(9, 99, 199)))
    // Three squares side by side: the middle one remains.
    var picture = Picture(width: 60, height: 20, colour: Colour(255, 0, 0))
    picture.fill(x: 20, y: 0, width: 20, height: 20, Colour(0, 255, 0))
    #expect(picture.filling(side: 20) == Picture(width: 20, height: 20, colour: Colour(0, 255, 0)))
  }

  @Test func shrinkingIsAntialiased() {
    let row = (0..<6).flatMap { [UInt8](repeating: UInt8($0 * 10), count: 3) }
    let picture = Picture(width: 6, height: 3, pixels: row + row + row)
    let small = picture.filling(side: 1)
    #expect(small.pixels == [25, 25, 25])
    let alternating = Picture(
      width: 8, height: 8,
      pixels: (0..<64).flatMap { [UInt8](repeating: ($0 + $0 / 8) % 2 == 0 ? 0 : 200, count: 3) })
    // Every second pixel alone would be black or light; the mean is 100.
    #expect(alternating.filling(side: 2).pixels.allSatisfy { abs(Int($0) - 100) <= 5 })
  }

  @Test func drawingStaysInside() {
    var picture = Picture(width: 10, height: 10, colour: .white)
    picture.fill(x: -5, y: -5, width: 6, height: 6, .black)
    picture.fill(x: 20, y: 20, width: 3, height: 3, .black)
    picture.write("motet", x: 6, y: 7, .black)
    #expect(picture.pixels[0] == 0 && picture.pixels[3] == 255)
    #expect(Picture.textSize("ab", scale: 2) == (22, 16))
  }
}
