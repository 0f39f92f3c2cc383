import Catalogues
import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

@testable import Views

/// The preset `recording`: what is cut from the spectrogram, and what is done to it.
@Suite struct RecordingViewsTests {
  private let shape = ViewShape(side: 64, channels: 1)
  private let statistics = ["mean": -4.0, "deviation": 2.0, "bins": 128.0]
  private let clip = noise(7, 32_000).map { Int16($0 * 20_000) }

  private func maker(
    _ kernels: MotetKernels = widestKernels, _ change: (inout Audio.Options) -> Void
  ) throws -> any ViewMaker {
    var options = Audio.Options()
    options.preset = .recording
    change(&options)
    return try Audio(options).makeViews(shape: shape, statistics: statistics, kernels: kernels)
  }

  /// The whole, without noise and gains, is a crop.
  @Test func nothingChangedIsACrop() throws {
    let still = try maker {
      $0.scale = [1, 1]
      $0.canvas = 1
      $0.background = [-100, -100]
      $0.equaliser = 0
    }
    let crop = try maker { $0.preset = .crop }
    clip.withSample([clip.count]) { sample in
      let view = crop.training(sample, shape, stream(1))
      #expect(still.training(sample, shape, stream(2)) == view)
    }
  }

  /// Rectangles of the sizes that were asked for, anywhere on a canvas with the spectrogram in its
  /// middle and the ground around it.
  @Test(arguments: [nil, -4] as [Float?])
  func rectanglesLieOnTheCanvas(ground: Float?) {
    let (bands, frames, stride) = (20, 30, 32)
    var values = (0..<bands * stride).map { Float($0 / stride * 100 + $0 % stride) }
    var options = Audio.Options()
    options.scale = [0.5, 1.4]
    options.canvas = 1.5
    let crop = SpectrogramCrop(options)
    let expectedGround =
      ground ?? (0..<bands * frames).reduce(0) {
        $0 + Float($1 / frames * 100 + $1 % frames)
      } / Float(bands * frames)
    var found: Set<[Int]> = []
    var grounds = 0
    values.withUnsafeMutableBufferPointer { values in
      let spectrogram = AudioSegments.Spectrogram(
        values: values.baseAddress!, bands: bands, frames: frames, stride: stride)
      for key in 0..<400 {
        var random = stream(key)
        let cut = crop.cut(spectrogram, ground: ground, &random)
        found.insert([cut.bands, cut.frames])
        let place = (0..<cut.bands * cut.frames).lazy.map { i in
          (i / cut.frames, i % cut.frames, cut.values[i / cut.frames * cut.stride + i % cut.frames])
        }
        // Where it lies, from its first value that is no ground.
        guard let known = place.first(where: { $0.2 != expectedGround }) else { continue }
        let top = Int(known.2) / 100 - known.0
        let left = Int(known.2) % 100 - known.1
        #expect(top >= 0 && top + cut.bands <= bands)
        #expect(left >= -7 && left + cut.frames <= 45 - 7)
        for (band, frame, value) in place {
          let inside = (0..<frames).contains(left + frame)
          let expected = inside ? Float((top + band) * 100 + left + frame) : expectedGround
          #expect(value == expected)
          grounds += inside ? 0 : 1
        }
      }
    }
    #expect(Set(found.map { $0[0] }) == Set(10...20) && Set(found.map { $0[1] }) == Set(15...41))
    #expect(grounds > 1000)
  }

  /// Noise far above all else has the level, and the spread of the logarithm of noise's magnitude:
  /// that of 200,000 magnitudes of a complex normal distribution.
  @Test func noiseHasItsLevelAndSpread() throws {
    let loud = try maker {
      $0.normalisation = .none
      $0.background = [50, 50]
      $0.equaliser = 0
    }
    let view = clip.withSample([clip.count]) { loud.training($0, shape, stream(5)) }
    var random = stream(9)
    let magnitudes = (0..<200_000).map { _ in
      log((pow(random.normal(), 2) + pow(random.normal(), 2)).squareRoot())
    }
    let (level, spread) = moments(view.map(Double.init))
    #expect(abs(spread - moments(magnitudes).deviation) < 0.02)
    // The cut's own mean and deviation are of the size of the clip's.
    let (mean, deviation) = moments(
      try clip.withSample([clip.count]) { sample in
        try maker {
          $0.preset = .crop
          $0.normalisation = .none
        }.evaluation(sample, shape)
      }.map(Double.init))
    #expect(abs((level - mean) / deviation - 50) < 15)
  }

  /// A band has one gain, which changes along the bands by straight lines between six knots.
  @Test func gainsAreStraightBetweenKnots() throws {
    func changed(_ equaliser: Double) throws -> [Float] {
      let maker = try maker {
        $0.normalisation = .none
        $0.background = [-100, -100]
        $0.equaliser = equaliser
      }
      return clip.withSample([clip.count]) { maker.training($0, shape, stream(3)) }
    }
    let (loud, still) = (try changed(2), try changed(0))
    let gains: [Float] = zip(loud, still).map { $0 - $1 }
    for band in 0..<64 {
      let row = gains[band * 64..<(band + 1) * 64]
      #expect(row.max()! - row.min()! < 1e-4 && abs(row.first!) <= 2)
    }
    let bends = (1..<63).filter { band in
      let before = gains[band * 64] - gains[(band - 1) * 64]
      let after = gains[(band + 1) * 64] - gains[band * 64]
      return abs(after - before) > 1e-3
    }
    // 63 steps in five pieces: a bend shows in the one or two bands around a knot.
    #expect(bends.allSatisfy { [12, 13, 25, 26, 37, 38, 50, 51].contains($0) }, "\(bends)")
    #expect(bends.count >= 4)
  }

  @Test func sameBitsForAllLanes() throws {
    let makers = try fusedKernels.map { try maker($0) { $0.antialias = true } }
    clip.withSample([clip.count]) { sample in
      for key in 0..<10 {
        let views = makers.map { $0.training(sample, shape, stream(key)) }
        #expect(views.allSatisfy { $0 == views[0] })
      }
    }
  }

  private func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (mean, square.squareRoot())
  }
}
