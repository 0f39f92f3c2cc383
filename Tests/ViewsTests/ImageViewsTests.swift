import Catalogues
import Tensors
import TestSupport
import Testing

@testable import Views

@Suite struct ImageViewsTests {
  private let shape = ViewShape(side: 32, channels: 3)

  @Test func cropsLieInsideAndKeepTheirArea() {
    for (height, width) in [(64, 64), (40, 90), (1, 1), (1, 50), (3, 200)] {
      for sample in 0..<200 {
        var random = stream(sample)
        let box = randomCrop(
          height: height, width: width, area: [0.2, 1], aspect: [0.75, 4.0 / 3], random: &random)
        #expect(box.height > 0 && box.width > 0 && box.top >= 0 && box.left >= 0)
        #expect(box.top + box.height <= height && box.left + box.width <= width)
        if height == 64 {
          // Sides are rounded to whole pixels.
          let area = Double(box.height * box.width) / 4096
          #expect(area > 0.19 && Double(box.width) / Double(box.height) < 1.4)
        }
      }
    }
  }

  /// torchvision's fallback: the largest centred rectangle of an allowed aspect.
  @Test func aCropThatNeverFitsIsCentred() {
    var random = stream(0)
    let box = randomCrop(
      height: 10, width: 100, area: [1, 1], aspect: [0.75, 4.0 / 3], random: &random)
    #expect(box == Box(top: 0, left: 43, height: 10, width: 13))
  }

  /// Aspects that no picture has leave a row or a column of it.
  @Test func aCropHasAPixel() throws {
    for aspect in [100.0, 0.011] {
      var random = stream(0)
      let box = randomCrop(
        height: 32, width: 32, area: [1, 1], aspect: [aspect, aspect], random: &random)
      #expect(min(box.height, box.width) == 1 && max(box.height, box.width) == 32, "\(box)")
    }
    var options = Image.Options()
    options.crop.aspect = [1e-300, 1]
    #expect(
      message { _ = try Image(options) }
        == "crop.aspect: [1e-300, 1.0] is not [least, greatest] above 0.01 and at most 100.0")
  }

  /// One probability does not move what is drawn after it.
  @Test func switchingTheBlurOffLeavesTheFlipAlone() throws {
    var plain = Image.Options()
    plain.jitter.probability = 0
    plain.blur.probability = 0
    plain.grey = 0
    var jittered = plain
    jittered.jitter.probability = 1
    jittered.jitter.brightness = 0
    jittered.jitter.contrast = 0
    jittered.jitter.saturation = 0
    jittered.jitter.hue = 0
    let one = try Image(plain).makeViews(shape: shape, statistics: [:])
    let other = try Image(jittered).makeViews(shape: shape, statistics: [:])
    picture(1, 20, 30).withSample([20, 30, 3]) { sample in
      for i in 0..<20 {
        #expect(one.training(sample, shape, stream(i)) == other.training(sample, shape, stream(i)))
      }
    }
  }

  @Test func oneChannelIsTheGreyOfThree() throws {
    var options = Image.Options()
    options.grey = 1
    options.mean = [0.5, 0.5, 0.5]
    options.deviation = [0.25, 0.25, 0.25]
    let three = try Image(options).makeViews(shape: shape, statistics: [:])
    let small = ViewShape(side: 32, channels: 1)
    let one = try Image(options).makeViews(shape: small, statistics: [:])
    picture(1, 50, 40).withSample([50, 40, 3]) { sample in
      let grey = one.training(sample, small, stream(1))
      let colour = three.training(sample, shape, stream(1))
      // The weights sum to 0.9999, so the constants of one channel differ by as much.
      for c in 0..<3 {
        #expect(distance(grey, stride(from: c, to: colour.count, by: 3).map { colour[$0] }) < 1e-3)
      }
    }
  }

  @Test(
    arguments: [
      (["crop": ["area": [0.5, 0.2]]], "crop.area"), (["crop": ["area": [0.0, 1.0]]], "crop.area"),
      (["flip": 1.5], "flip"), (["blur": ["kernel": 4]], "blur.kernel"),
      (["blur": ["kernel": 99]], "blur.kernel"), (["deviation": [1.0, 0.0, 1.0]], "deviation"),
      (["jitter": ["hue": 0.6]], "jitter.hue"), (["jiter": ["hue": 0.1]], "jiter"),
      (["jitter": ["hue": "much"]], "jitter.hue"), (["mean": [0.5]], "mean"),
    ] as [(Tree, String)])
  func impossibleOptionsNameTheirKey(options: Tree, key: String) {
    var settings: Tree = options
    settings["name"] = "image"
    let error = #expect(throws: ConfigurationError.self) {
      _ = try modalities.make(settings).makeViews(shape: shape, statistics: [:])
    }
    #expect(error?.key == key)
  }
}
