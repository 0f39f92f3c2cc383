import Catalogues
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Views

@Suite struct AudioViewsTests {
  private let shape = ViewShape(side: 128, channels: 1)
  private let statistics = ["mean": -4.0, "deviation": 2.0, "bins": 128.0]

  private func maker(_ change: (inout Audio.Options) -> Void) throws -> any ViewMaker {
    var options = Audio.Options()
    change(&options)
    return try Audio(options).makeViews(shape: shape, statistics: statistics)
  }

  private func clip(_ count: Int) -> [Int16] { noise(7, count).map { Int16($0 * 20_000) } }

  /// Row 0 is the lowest band, columns are time: linear, half-pixel centres, 198 frames to 128.
  @Test func aViewIsTheResizedSpectrogram() throws {
    let samples = clip(32_000)
    let maker = try maker { $0.preset = .crop }
    let view = samples.withSample([samples.count]) { maker.evaluation($0, shape) }
    let logMel = LogMel(
      samples: 32_000, bands: 128, window: 400, hop: 160, transform: 1024, power: false, lowest: 60,
      highest: 7800)
    var values = [Float](repeating: 0, count: 128 * logMel.stride)
    values.withUnsafeMutableBufferPointer {
      logMel.compute(samples.map { Float($0) / 32768 }, into: $0.baseAddress!)
    }
    var expected: [Float] = []
    for band in 0..<128 {
      for x in 0..<128 {
        let place = (Double(x) + 0.5) * 198 / 128 - 0.5
        let frame = Int(place)
        let share = Float(place - Double(frame))
        let row = band * logMel.stride
        let value = (1 - share) * values[row + frame] + share * values[row + min(frame + 1, 197)]
        expected.append((value + 4) / 2)
      }
    }
    #expect(distance(view, expected) < 1e-5)
  }

  @Test func orientationsShowTheSameSpectrogram() throws {
    let samples = clip(32_000)
    try samples.withSample([samples.count]) { sample in
      func view(_ orientation: Audio.Orientation) throws -> (values: [Float], picture: [UInt8]) {
        let maker = try maker {
          $0.preset = .crop
          $0.orientation = orientation
        }
        let values = maker.evaluation(sample, shape)
        return (values, values.withUnsafeBufferPointer { maker.picture(of: $0) })
      }
      let low = try view(.lowTop)
      let high = try view(.highTop)
      let time = try view(.timeRows)
      for y in 0..<128 {
        #expect(
          (0..<128).allSatisfy { high.values[(127 - y) * 128 + $0] == low.values[y * 128 + $0] })
        #expect((0..<128).allSatisfy { time.values[$0 * 128 + y] == low.values[y * 128 + $0] })
      }
      // People see low frequencies at the bottom in any case.
      #expect(high.picture == low.picture && time.picture == low.picture)
    }
  }

  /// Antialiased, 198 frames to 128 is PyTorch's wider triangle: columns of noise differ less.
  @Test func antialiasingSmooths() throws {
    let samples = clip(32_000)
    let roughness = try [false, true].map { antialias in
      let maker = try maker {
        $0.preset = .crop
        $0.antialias = antialias
      }
      let view = samples.withSample([samples.count]) { maker.evaluation($0, shape) }
      return zip(view, view.dropFirst()).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) }
    }
    #expect(roughness[1] < 0.8 * roughness[0], "\(roughness)")
  }

  @Test func threeChannelsRepeatOne() throws {
    let samples = clip(40_000)
    let audio = try Audio(Audio.defaults)
    let colour = ViewShape(side: 128, channels: 3)
    let one = try audio.makeViews(shape: shape, statistics: statistics)
    let three = try audio.makeViews(shape: colour, statistics: statistics)
    samples.withSample([samples.count]) { sample in
      let view = one.training(sample, shape, stream(3))
      #expect(planes(three.training(sample, colour, stream(3))) == view + view + view)
    }
  }

  @Test(arguments: Audio.Preset.allCases, Audio.Normalisation.allCases)
  func shortSilentAndEmptyClipsGiveNumbers(
    preset: Audio.Preset, normalisation: Audio.Normalisation
  ) throws {
    let maker = try maker {
      $0.preset = preset
      $0.normalisation = normalisation
    }
    for samples in [[], [12_345], clip(399), clip(400), clip(31_999), clip(32_001)] as [[Int16]] {
      for samples in [samples, samples.map { _ in 0 }] {
        samples.withSample([samples.count]) { sample in
          #expect(maker.training(sample, shape, stream(1)).allSatisfy { $0.isFinite })
          #expect(maker.evaluation(sample, shape).allSatisfy { $0.isFinite })
        }
      }
    }
  }

  @Test func silenceIsZeroUnderInstance() throws {
    let maker = try maker {
      $0.preset = .crop
      $0.normalisation = .instance
    }
    let view = [Int16](repeating: 0, count: 100).withSample([100]) {
      maker.evaluation($0, shape)
    }
    #expect(view.allSatisfy { $0 == 0 })
  }

  @Test func aShortClipLiesInTheMiddleForEvaluationAndAnywhereInTraining() throws {
    let maker = try maker { $0.preset = .crop }
    let samples = clip(3200)
    func loudColumns(_ view: [Float]) -> [Int] { (0..<128).filter { view[64 * 128 + $0] > -1 } }
    samples.withSample([samples.count]) { sample in
      let middle = loudColumns(maker.evaluation(sample, shape))
      #expect(abs(middle.first! + middle.last! - 127) <= 2)
      let starts = Set(
        (0..<20).map { loudColumns(maker.training(sample, shape, stream($0))).first })
      #expect(starts.count > 10)
    }
  }

  @Test func segmentsAreEvenlySpaced() throws {
    let maker = try maker {
      $0.preset = .crop
      $0.segments = 3
    }
    let plain = try self.maker { $0.preset = .crop }
    #expect(maker.evaluationViewCount == 3 && plain.evaluationViewCount == 1)
    let samples = clip(80_000)
    samples.withSample([samples.count]) { sample in
      for (index, start) in [0, 24_000, 48_000].enumerated() {
        let part = Array(samples[start..<start + 32_000])
        let expected = part.withSample([part.count]) { plain.evaluation($0, shape) }
        #expect(maker.evaluation(sample, shape, index: index) == expected)
      }
    }
  }

  @Test func masksAreTheMeanAndNoiseIsMeasured() throws {
    let plain = try maker { $0.preset = .crop }
    let masked = try maker { $0.noise = 0 }
    let noisy = try maker { $0.mask = 0 }
    let samples = clip(32_000)
    samples.withSample([samples.count]) { sample in
      let view = plain.training(sample, shape, stream(2))
      var masks = 0
      for i in 0..<10 {
        let other = masked.training(sample, shape, stream(i))
        #expect(zip(other, view).allSatisfy { $0 == 0 || $0 == $1 })
        masks += other.count { $0 == 0 }
      }
      #expect(masks > 10 * 128 * 10)
      let noise = zip(noisy.training(sample, shape, stream(2)), view).map { Double($0 - $1) }
      let mean = noise.reduce(0, +) / Double(noise.count)
      let deviation = (noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)).squareRoot()
      #expect(abs(mean) < 0.01 && abs(deviation - 0.25) < 0.01)
    }
  }

  @Test func statisticsNormaliseTheirOwnSamples() throws {
    let clips = [clip(32_000), clip(10_000), clip(50_000)]
    let audio = try Audio(Audio.defaults)
    let found = audio.statistics(clips.count) { index, tally in
      clips[index].withSample([clips[index].count], tally)
    }
    // Interpolation in time smooths a little, so the views have nearly 0 and 1.
    var options = Audio.Options()
    options.preset = .crop
    let side = ViewShape(side: 128, channels: 1)
    let maker = try Audio(options).makeViews(shape: side, statistics: found)
    let values = clips.flatMap { clip in
      clip.withSample([clip.count]) { maker.evaluation($0, side) }
    }
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let square = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
    #expect(abs(mean) < 0.02 && abs(square - 1) < 0.05)
    #expect(audio.statistics(ofSums: []).isEmpty)
  }

  @Test(
    arguments: [
      (["preset": "spectrl"], "preset"), (["normalisation": "batch"], "normalisation"),
      (["seconds": 0.01], "seconds"), (["window": 5000], "window"), (["bins": 0], "bins"),
      (["frequencies": [100.0, 9000.0]], "frequencies"), (["segments": 0], "segments"),
      (["keep": [0.5]], "keep"), (["bins": 64], "bins"), (["transform": 8193], "transform"),
      (["transform": 256], "window"), (["spectrum": "power"], "spectrum"),
      (["orientation": "up"], "orientation"), (["scale": [0, 1]], "scale"),
      (["canvas": 0.5], "canvas"), (["background": [1, -1]], "background"),
      (["equaliser": -1], "equaliser"),
    ] as [(Tree, String)])
  func impossibleOptionsNameTheirKey(options: Tree, key: String) {
    var settings: Tree = options
    settings["name"] = "audio"
    let error = #expect(throws: ConfigurationError.self) {
      _ = try modalities.make(settings).makeViews(shape: shape, statistics: statistics)
    }
    #expect(error?.key == key)
  }

  @Test func missingStatisticsAreAnError() throws {
    let audio = try Audio(Audio.defaults)
    let error = #expect(throws: ConfigurationError.self) {
      _ = try audio.makeViews(shape: shape, statistics: [:])
    }
    #expect(error?.key == "normalisation")
  }

  /// Any number that a store may hold.
  @Test(arguments: [127, 1e300, -1e19])
  func statisticsOfOtherBinsAreAnError(bins: Double) throws {
    let audio = try Audio(Audio.defaults)
    let error = #expect(throws: ConfigurationError.self) {
      _ = try audio.makeViews(
        shape: shape, statistics: ["mean": 0, "deviation": 1, "bins": bins])
    }
    #expect(error?.key == "bins")
  }
}
