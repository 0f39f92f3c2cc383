import Catalogues
import Foundation
import Synchronization
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

  /// The same bits where several threads make their makers and draw views at once.
  @Test(arguments: modalities.names)
  func sameBitsForAllThreads(name: String) throws {
    let shape = ViewShape(side: 37, channels: 3)
    let modality = try modalities.make(name)
    let samples = samples(type(of: modality).form)
    let draw: @Sendable () throws -> [[Float]] = {
      let maker = try modality.makeViews(
        shape: shape, statistics: ["mean": -4, "deviation": 2])
      return samples.flatMap { data, extent in
        data.withUnsafeBytes { bytes in
          let sample = Sample(bytes: bytes, shape: extent)
          return (0..<3).map { maker.training(sample, shape, stream($0)) }
            + [maker.evaluation(sample, shape)]
        }
      }
    }
    let expected = try draw()
    let different = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      if (try? draw()) != expected { different.withLock { $0 += 1 } }
    }
    #expect(different.withLock { $0 } == 0)
  }

  /// Once some views of a sample have been drawn, no more of them asks the system for memory.
  @Test(arguments: modalities.names)
  func noMemoryFromTheSystem(name: String) throws {
    let shape = ViewShape(side: 128, channels: 3)
    let modality = try modalities.make(name)
    let maker = try modality.makeViews(shape: shape, statistics: ["mean": -4, "deviation": 2])
    let (data, extent) = samples(type(of: modality).form).last!
    var view = [Float](repeating: 0, count: shape.count)
    data.withUnsafeBytes { bytes in
      let sample = Sample(bytes: bytes, shape: extent)
      view.withUnsafeMutableBufferPointer { view in
        func draw(_ key: Int) {
          var random = stream(key)
          maker.trainingView(of: sample, random: &random, into: view)
          maker.evaluationView(of: sample, into: view)
        }
        for key in 0..<50 { draw(key) }
        let before = pageFaults()
        for key in 50..<200 { draw(key) }
        let faults = pageFaults() - before
        #expect(faults < 15, "\(faults) page faults")
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
    let resolved = try modalities.resolve(.text(name))
    #expect(resolved["name"]?.text == name)
    _ = try modalities.make(resolved)
    #expect(try !modalities.entry(named: name).summary.isEmpty)
  }
}
