import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing

@testable import Training

/// Against PyTorch's clip_grad_norm_ in Float64 (Fixtures/clip.py).
@Suite struct GradientClippingTests {
  @Test(arguments: ["strong", "weak", "none"], [1, 3])
  func equalsPyTorch(name: String, threads: Int) throws {
    let file = try fixture(Bundle.module, "clip.h5")
    let gradient = SmallNetwork.noiseVector(10)
    let before = gradient.copy()
    clip(
      gradient, to: try file.doubleAttribute("largest", on: name), try Engine(threads: threads))
    let expected: [Double] = try file.read(name)
    #expect(relativeError(SmallNetwork.trainable(gradient), expected.map(Float.init)) < 1e-6)
    for entry in SmallNetwork.layout.entries where !entry.trainable {
      #expect(Array(gradient[entry.range]) == Array(before[entry.range]), "\(entry.name)")
    }
  }

  /// Nothing is divided by a norm of 0.
  @Test func zerosStayZero() throws {
    let gradient = ParameterVector(SmallNetwork.layout)
    clip(gradient, to: 1e-30, try Engine())
    #expect(gradient.floats.allSatisfy { $0 == 0 })
  }

  /// The same sums for any threads, and right to Float64's rounding.
  @Test func squareSumsDoNotDependOnThreads() throws {
    let vector = SmallNetwork.noiseVector(1)
    let entries = SmallNetwork.layout.entries
    let alone = squareSums(vector, entries, try Engine())
    for threads in [2, 3, 5] {
      let found = squareSums(vector, entries, try Engine(threads: threads))
      #expect(found == alone, "\(threads) threads")
    }
    for (entry, sum) in zip(entries, alone) {
      let plain = vector[entry.range].reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(sum - plain) < 1e-12 * plain, "\(entry.name)")
    }
  }
}
