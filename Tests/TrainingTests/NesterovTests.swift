import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing
import Training

/// Against PyTorch in Float64 (Fixtures/nesterov.py).
@Suite struct NesterovTests {
  /// PyTorch's SGD with Nesterov momentum, and a decay large enough to be seen.
  @Test(arguments: Engine.availableLanes) func equalsPyTorch(lanes: Int) throws {
    let file = try fixture(Bundle.module, "nesterov.h5")
    let size = Int(try file.intAttribute("size"))
    var layout = ParameterLayout()
    let weights = layout.add("weights", [size])
    let parameters = ParameterVector(layout)
    _ = parameters[weights].update(from: noise(6000 << 32, size))
    let gradient = ParameterVector(layout)
    let optimizer = try SGD(
      .init(
        momentum: try file.doubleAttribute("momentum"),
        weightDecay: try file.doubleAttribute("decay"), nesterov: true))
    let state = [ParameterVector(layout)]
    let engine = try Engine(lanes: lanes)
    for step in 0..<Int(try file.intAttribute("steps")) {
      _ = gradient[weights].update(from: noise(UInt64(6001 + step) << 32, size))
      optimizer.step(
        parameters, gradient, state: state, number: step,
        rate: Float(try file.doubleAttribute("rate")), engine)
    }
    let expected: [Float] = try file.read("weights")
    #expect(relativeError(parameters[weights], expected) < 1e-6)
  }
}
