import Layers
import Tensors
import TestSupport
import Testing

@Suite struct BatchNormTests {
  /// Constant channels, one value alone, groups of their own: finite and as PyTorch defines them.
  @Test func extremes() throws {
    let engine = try Engine()
    var layout = ParameterLayout()
    let layer = BatchNorm("n", &layout, channels: 32, relu: false)
    let parameters = ParameterVector(layout)
    Initialisation(parameters, seed: 1).identity(layer)
    let x = FeatureMap(engine.pool, images: 2, channels: 32, height: 1, width: 1)
    x.buffer.floats.update(repeating: 7)
    let (y, _) = layer.forward(x, groups: 2, parameters, engine)
    #expect(y.buffer.floats.allSatisfy { abs($0) < 1e-3 })
    #expect(parameters.floats.allSatisfy { $0.isFinite })
    // Two groups of mean 7: the running mean takes two steps of a tenth.
    let expected: Float = 7 * 0.19
    #expect(abs(parameters[layer.runningMean][0] - expected) < 1e-5)
    #expect(abs(parameters[layer.runningVariance][0] - 0.81) < 1e-6)
  }

  /// A mean a thousand times the deviation must not spoil the variance.
  @Test func largeMean() throws {
    let engine = try Engine()
    var layout = ParameterLayout()
    let layer = BatchNorm("n", &layout, channels: 32, relu: false)
    let parameters = ParameterVector(layout)
    Initialisation(parameters, seed: 1).identity(layer)
    let x = FeatureMap(engine.pool, images: 8, channels: 32, height: 16, width: 16)
    fill(x.buffer.floats, 1)
    for i in x.buffer.floats.indices { x.pointer[i] = x.pointer[i] * 1.7320508 + 1000 }
    _ = layer.forward(x, groups: 1, parameters, engine)
    let variance = parameters[layer.runningVariance]
    for c in 0..<32 { #expect(abs(variance[c] - 1) < 0.02) }
  }
}
