import Catalogues
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Views

/// What every entry of the catalogue must do.
@Suite struct ModalityTests {
  private func samples(_ form: SampleForm) -> [(Data, [Int])] {
    switch form.layout {
    case .dense:
      [(32, 32), (128, 128), (1, 1), (7, 90), (90, 7), (300, 200)].map { height, width in
        (Data(picture(UInt64(height), height, width)), [height, width, 3])
      }
    case .ragged:
      [1, 399, 8000, 32_000, 80_000].map { count in
        let values = noise(UInt64(count), count).map { Int16($0 * 30_000) }
        return (values.withUnsafeBytes { Data($0) }, [count])
      }
    }
  }

  @Test(arguments: modalities.names, [(128, 3), (64, 1), (20, 3), (3, 1), (1, 3)])
  func aViewDependsOnSampleAndKeyAlone(name: String, size: (Int, Int)) throws {
    let shape = ViewShape(side: size.0, channels: size.1)
    let modality = try modalities.make(name)
    let samples = samples(type(of: modality).form)
    let statistics = modality.statistics(samples.count) { index, tally in
      samples[index].0.withUnsafeBytes { tally(Sample(bytes: $0, shape: samples[index].1)) }
    }
    let used = try modality.makeViews(shape: shape, statistics: statistics)
    for (index, (data, extent)) in samples.enumerated() {
      try data.withUnsafeBytes { bytes in
        let sample = Sample(bytes: bytes, shape: extent)
        for key in 0..<4 {
          let fresh = try modality.makeViews(shape: shape, statistics: statistics)
          let view = used.training(sample, shape, stream(key))
          // Every value is written, and nothing remains of earlier views.
          #expect(view.allSatisfy { $0.isFinite }, "\(name) \(extent)")
          #expect(view == fresh.training(sample, shape, stream(key)), "\(name) \(extent)")
          if size.0 > 20, index != 2 {
            #expect(view != used.training(sample, shape, stream(key + 100)), "\(name) \(extent)")
          }
        }
        let evaluation = used.evaluation(sample, shape)
        #expect(evaluation.allSatisfy { $0.isFinite }, "\(name) \(extent)")
        #expect(evaluation == used.evaluation(sample, shape))
      }
    }
  }

  /// The same bits for every number of lanes with fused multiply-add, at sides that no vector fits.
  @Test(arguments: modalities.names, [128, 37])
  func sameBitsForAllLanes(name: String, side: Int) throws {
    let shape = ViewShape(side: side, channels: 3)
    let modality = try modalities.make(name)
    let makers = try fusedKernels.map {
      try modality.makeViews(
        shape: shape, statistics: ["mean": -4, "deviation": 2], kernels: $0)
    }
    for (data, extent) in samples(type(of: modality).form) {
      data.withUnsafeBytes { bytes in
        let sample = Sample(bytes: bytes, shape: extent)
        for key in 0..<6 {
          let views = makers.map { $0.training(sample, shape, stream(key)) }
          #expect(views.allSatisfy { $0 == views[0] }, "\(extent)")
        }
        let views = makers.map { $0.evaluation(sample, shape) }
        #expect(views.allSatisfy { $0 == views[0] }, "\(extent)")
      }
    }
  }

  @Test(arguments: modalities.names)
  func impossibleShapesAreRefused(name: String) throws {
    let modality = try modalities.make(name)
    for shape in [ViewShape(side: 0, channels: 3), ViewShape(side: 32, channels: 2)] {
      #expect(throws: ConfigurationError.self) {
        _ = try modality.makeViews(shape: shape, statistics: ["mean": 0, "deviation": 1])
      }
    }
  }

  @Test(arguments: modalities.names)
  func optionsSurviveAJobFile(name: String) throws {
    let resolved = try modalities.resolve(name)
    #expect(resolved["name"] as? String == name)
    _ = try modalities.make(resolved)
    #expect(try !modalities.entry(named: name).summary.isEmpty)
  }
}
