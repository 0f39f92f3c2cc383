import CTurboJPEG
import Foundation
import Media
import TestSupport
import Testing

/// Damage in a JPEG file that its decoder only warns of, and then fills pixels with grey.
@Suite struct JPEGDamageTests {
  private static let side = 64

  /// Noise, whose scan is most of the file.
  private static func picture() throws -> [UInt8] {
    let pixels = noise(1, side * side * 3).map { UInt8(127 + 100 * $0) }
    let encoder = try #require(tjInitCompress())
    defer { tjDestroy(encoder) }
    var encoded: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    let status = tjCompress2(
      encoder, pixels, Int32(side), 0, Int32(side), Int32(TJPF_RGB.rawValue), &encoded, &size,
      Int32(TJSAMP_444.rawValue), 80, 0)
    defer { tjFree(encoded) }
    #expect(status == 0)
    return Array(UnsafeBufferPointer(start: encoded, count: Int(size)))
  }

  /// What libjpeg says of a file; nil where it says nothing.
  private static func warning(_ file: [UInt8]) throws -> String? {
    let decoder = try #require(tjInitDecompress())
    defer { tjDestroy(decoder) }
    var pixels = [UInt8](repeating: 0, count: side * side * 3)
    let status = tjDecompress2(
      decoder, file, UInt(file.count), &pixels, Int32(side), 0, Int32(side),
      Int32(TJPF_RGB.rawValue), 0)
    return status == 0 ? nil : String(cString: tjGetErrorStr2(decoder))
  }

  /// Also where strays before the scan, which cost no pixel, make the decoder say the same.
  @Test(arguments: [false, true])
  func whatTheDecoderWarnsOfIsRefused(strays: Bool) throws {
    let whole = try Self.picture()
    let scan = try #require(Data(whole).range(of: Data([0xFF, 0xDA]))).upperBound + 12
    let tables = try #require(Data(whole).range(of: Data([0xFF, 0xC4]))).lowerBound
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.jpg"
      func read(_ file: [UInt8]) throws -> String? {
        let stray: [UInt8] = [7, 0xFF, 0, 9]
        try writeFile(path, strays ? file[..<tables] + stray + file[tables...] : file[...])
        return message { _ = try Picture.read(path) }
      }
      #expect(try Self.warning(whole) == nil && read(whole) == nil)
      var lost = 0
      for place in stride(from: scan, to: whole.count - 2, by: 9) {
        for value: UInt8 in [0, 0x55, 0xD9, 0xFF] {
          var file = whole
          file[place] = value
          let warning = try Self.warning(file)
          let said = try read(file)
          #expect(
            (said == nil) == (warning == nil), "\(place) \(value): \(warning ?? "") \(said ?? "")")
          if warning?.contains("extraneous bytes before marker") == true { lost += 1 }
        }
      }
      #expect(lost > 10)
    }
  }
}
