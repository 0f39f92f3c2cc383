import Foundation
import Layers
import Tensors
import TestSupport
import Testing

/// The transformer's layers: gradients against finite differences, GELU against libm's erf, and one
/// set of bits whatever the lanes and the pieces.
@Suite struct TransformerTests {
  @Test(arguments: Engine.availableLanes)
  func geluEqualsErf(lanes: Int) throws {
    let engine = try Engine(lanes: lanes)
    // Not a multiple of the lanes; far tails too.
    let x = (0..<1003).map { Float($0 - 500) * 0.02 } + [-40, 40, 0]
    var y = [Float](repeating: 0, count: x.count)
    engine.kernels.gelu(x.count, x, &y)
    var slope = [Float](repeating: 2, count: x.count)
    var again = y
    engine.kernels.gelu_gradient(x.count, x, &slope, &again)
    #expect(again == y)
    for (i, value) in x.map(Double.init).enumerated() {
      let share = 0.5 * erfc(-value / 2.0.squareRoot())
      let density = exp(-value * value / 2) / (2 * Double.pi).squareRoot()
      #expect(abs(Double(y[i]) - value * share) < 3e-7 * max(1, abs(value)), "at \(value)")
      #expect(abs(Double(slope[i]) - 2 * (share + value * density)) < 2e-6, "at \(value)")
    }
  }

  @Test func layerNorm() throws {
    let engine = try Engine()
    var layout = ParameterLayout()
    let layer = LayerNorm("n", &layout, columns: 48)
    let parameters = ParameterVector(layout)
    fill(parameters.floats, 1)
    let x = Matrix(engine.pool, rows: 5, columns: 48)
    fill(x.floats, 2)
    for i in x.floats.indices { x.pointer[i] = 2 * x.pointer[i] + 5 }
    let slope = Matrix(engine.pool, rows: 5, columns: 48)
    fill(slope.floats, 3)
    func loss() -> Double { dot(layer.forward(x, parameters, engine).y.floats, slope.floats) }
    let gradient = ParameterVector(layout)
    let dx = Matrix(engine.pool, rows: 5, columns: 48)
    dx.floats.update(repeating: 0)
    let saved = layer.forward(x, parameters, engine).saved
    layer.backward(slope, x, saved, parameters, addingTo: dx, engine)
    layer.addGradients(slope, x, saved, into: gradient, engine)
    #expect(
      worstSlopeError(of: x.floats, gradient: Array(dx.floats), step: 1e-2, loss: loss) < 2e-3)
    #expect(
      worstSlopeError(
        of: parameters.floats, gradient: Array(gradient.floats), step: 0.1, loss: loss) < 2e-3)
  }

  /// Attention and MLP with their norms; token counts that fill vectors, and that do not.
  @Test(arguments: [(16, 64, 2), (5, 96, 3), (33, 32, 1)])
  func block(tokens: Int, width: Int, heads: Int) throws {
    let engine = try Engine()
    let (layer, parameters) = makeBlock(width: width, heads: heads)
    let x = Matrix(engine.pool, rows: 2 * tokens, columns: width)
    fill(x.floats, 2)
    let slope = Matrix(engine.pool, rows: x.rows, columns: width)
    fill(slope.floats, 3)
    func loss() -> Double {
      dot(layer.forward(x, tokens: tokens, parameters, engine).y.floats, slope.floats)
    }
    let gradient = ParameterVector(parameters.layout)
    let (_, saved) = layer.forward(x, tokens: tokens, parameters, engine)
    let d = Matrix(engine.pool, rows: x.rows, columns: width)
    d.pointer.update(from: slope.pointer, count: d.floats.count)
    layer.backward(d, tokens: tokens, saved, parameters, into: gradient, engine)
    #expect(
      worstSlopeError(of: x.floats, gradient: Array(d.floats), step: 1e-2, loss: loss) < 5e-3)
    for entry in parameters.layout.entries {
      #expect(
        worstSlopeError(
          of: parameters[entry.range], gradient: Array(gradient[entry.range]), step: 1e-2,
          loss: loss) < 5e-3, "\(entry.name)")
    }
  }

  /// More images than a piece holds, against the images one by one, and all numbers of lanes.
  @Test func piecesAndLanesChangeNoBits() throws {
    let tokens = 40
    let images = 15
    var all: [[Float]] = []
    for lanes in Engine.availableLanes {
      let engine = try Engine(lanes: lanes)
      guard engine.kernels.fused == 1 else { continue }
      let (layer, parameters) = makeBlock(width: 64, heads: 2)
      let x = Matrix(engine.pool, rows: images * tokens, columns: 64)
      fill(x.floats, 2)
      let gradient = ParameterVector(parameters.layout)
      let (y, saved) = layer.forward(x, tokens: tokens, parameters, engine)
      var single: [Float] = []
      for image in 0..<images {
        let rows = x[image * tokens..<(image + 1) * tokens]
        single += layer.forward(rows, tokens: tokens, parameters, engine).y.floats
      }
      #expect(single == Array(y.floats))
      let d = Matrix(engine.pool, rows: x.rows, columns: 64)
      fill(d.floats, 3)
      layer.backward(d, tokens: tokens, saved, parameters, into: gradient, engine)
      all.append(Array(y.floats) + Array(d.floats) + Array(gradient.floats))
    }
    #expect(all.dropFirst().allSatisfy { $0 == all[0] })
  }

  @Test(arguments: [false, true])
  func patchEmbedding(classToken: Bool) throws {
    let engine = try Engine()
    var layout = ParameterLayout()
    let layer = PatchEmbedding(
      "", &layout, input: 12, channels: 2, patch: 4, width: 32, classToken: classToken)
    let parameters = ParameterVector(layout)
    fill(parameters.floats, 1)
    let views = FeatureMap(
      engine.pool, images: 3, channels: 2, height: 12, width: 12, layout: .plain)
    fill(views.buffer.floats, 2)
    let y = layer.forward(views, parameters, engine)
    #expect(y.rows == 3 * (9 + (classToken ? 1 : 0)))
    let slope = Matrix(engine.pool, rows: y.rows, columns: 32)
    fill(slope.floats, 3)
    let gradient = ParameterVector(layout)
    layer.backward(slope, views, into: gradient, engine)
    #expect(
      worstSlopeError(of: parameters.floats, gradient: Array(gradient.floats), step: 0.1) {
        dot(layer.forward(views, parameters, engine).floats, slope.floats)
      } < 2e-3)
  }

  private func makeBlock(width: Int, heads: Int) -> (TransformerBlock, ParameterVector) {
    var layout = ParameterLayout()
    let layer = TransformerBlock("b", &layout, width: width, heads: heads, hidden: 2 * width)
    let parameters = ParameterVector(layout)
    fill(parameters.floats, 1)
    // Weights of a usual size: the softmax neither flat nor one-sided.
    for i in 0..<parameters.count { parameters.floats[i] *= 0.3 }
    for name in ["b.norm1.weight", "b.norm2.weight"] {
      parameters[layout.entry(name)!.range].update(repeating: 1)
    }
    return (layer, parameters)
  }
}
