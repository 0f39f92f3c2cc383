import Foundation
import Tensors
import TestSupport
import Testing

@testable import Views

/// Every augmentation against torchvision, with Fixtures/augmentations.py's parameters. Both are
/// Float32; values lie in 0–1 (evaluation: divided by about 0.25), so 2e-6 is some 16 roundings.
@Suite struct AugmentationTests {
  static let side = 32
  static let tolerance: Float = 2e-6

  private func expect(_ name: String, _ values: [Float], tolerance: Float = tolerance) throws {
    let expected: [Float] = try fixture(.module, "augmentations.h5").read(name)
    let error = distance(values, expected)
    #expect(error <= tolerance, "\(name): \(error)")
  }

  /// The square test image as planes, changed by `body`.
  private func changed(_ body: (Planes, Scratch) -> Void) -> [Float] {
    let side = Self.side
    let pixels = picture(1, side, side)
    var values = planes(pixels.map { Float($0) / 255 })
    let scratch = Scratch(side)
    values.withUnsafeMutableBufferPointer {
      body(Planes(side: side, values: $0.baseAddress!), scratch)
    }
    return values
  }

  @Test(arguments: [
    ("enlarging", 2, 24, 28, Box(top: 3, left: 5, height: 17, width: 13)),
    ("whole", 2, 24, 28, Box(top: 0, left: 0, height: 24, width: 28)),
    ("shrinking", 3, 90, 131, Box(top: 7, left: 11, height: 71, width: 113)),
    ("mixed", 3, 90, 131, Box(top: 50, left: 2, height: 20, width: 125)),
    ("same", 3, 90, 131, Box(top: 9, left: 8, height: side, width: side)),
    ("pixel", 4, 1, 1, Box(top: 0, left: 0, height: 1, width: 1)),
  ])
  func resizedCrop(name: String, seed: UInt64, height: Int, width: Int, box: Box) throws {
    let image = picture(seed, height, width)
    var values = [Float](repeating: 0, count: 3 * Self.side * Self.side)
    let resampler = Resampler(side: Self.side)
    values.withUnsafeMutableBufferPointer {
      resampler.resample(image, width: width, box: box, into: $0.baseAddress!)
    }
    try expect("crop/\(name)", values)
  }

  @Test(arguments: ["0.0", "0.6", "1.0", "1.4"])
  func blends(factor: String) throws {
    let f = try #require(Float(factor))
    try expect("brightness/\(factor)", changed { planes, _ in planes.adjustBrightness(f) })
    try expect(
      "contrast/\(factor)", changed { planes, sums in planes.adjustContrast(f, sums: sums.base) })
    try expect("saturation/\(factor)", changed { planes, _ in planes.adjustSaturation(f) })
  }

  @Test(arguments: ["-0.5", "-0.1", "-0.03", "0.0", "0.07", "0.1", "0.5"])
  func hue(shift: String) throws {
    let h = try #require(Float(shift))
    try expect("hue/\(shift)", changed { planes, _ in planes.adjustHue(h) })
  }

  @Test func grey() throws {
    let count = Self.side * Self.side
    try expect("grey", Array(changed { planes, _ in planes.makeGrey() }.prefix(count)))
  }

  @Test(arguments: [3, 5, 13], ["0.1", "0.4", "1.0", "2.0"])
  func blur(kernel: Int, sigma: String) throws {
    let blur = GaussianBlur(side: Self.side, kernel: kernel)
    let s = try #require(Float(sigma))
    try expect(
      "blur/\(kernel)/\(sigma)",
      changed { planes, _ in blur.blur(planes.values, planes: 3, sigma: s) })
  }

  /// Only the flip and the normalisation are left: the crop is the whole image.
  @Test func flip() throws {
    var options = Image.Options()
    options.crop.area = [1, 1]
    options.crop.aspect = [1, 1]
    options.jitter.probability = 0
    options.grey = 0
    options.blur.probability = 0
    options.flip = 1
    let shape = ViewShape(side: Self.side, channels: 3)
    let maker = try Image(options).makeViews(shape: shape, statistics: [:])
    let view = picture(1, Self.side, Self.side).withSample([Self.side, Self.side, 3]) {
      maker.training($0, shape, stream(0))
    }
    try expect("flip", planes(view), tolerance: 1e-5)
  }

  @Test(arguments: [("small", 5, 20, 27), ("large", 6, 83, 57), ("pixel", 4, 1, 1)])
  func evaluationView(name: String, seed: UInt64, height: Int, width: Int) throws {
    let shape = ViewShape(side: Self.side, channels: 3)
    let maker = try Image(Image.defaults).makeViews(shape: shape, statistics: [:])
    let view = picture(seed, height, width).withSample([height, width, 3]) {
      maker.evaluation($0, shape)
    }
    try expect("evaluation/\(name)", planes(view), tolerance: 1e-5)
  }
}
