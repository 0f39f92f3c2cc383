import Layers
import Tensors
import TestSupport
import Testing

/// Every layer's and block's gradients against finite differences, for its input and its
/// parameters. ReLUs make kinks, so steps are small and tolerances 1 %; smooth layers keep 0.2 %.
@Suite struct GradientTests {
  @Test(arguments: [true, false], [1, 2])
  func batchNorm(relu: Bool, groups: Int) throws {
    for hasResidual in [false, true] {
      let engine = try Engine()
      var layout = ParameterLayout()
      let layer = BatchNorm("n", &layout, channels: 32, relu: relu)
      let affine = try #require(layer.affine)
      let parameters = ParameterVector(layout)
      fill(parameters[affine.weight], 1)
      for i in parameters[affine.weight].indices { parameters[affine.weight][i] += 1.5 }
      fill(parameters[affine.bias], 2)
      let x = FeatureMap(engine.pool, images: 4, channels: 32, height: 5, width: 3)
      let residual = FeatureMap(engine.pool, images: 4, channels: 32, height: 5, width: 3)
      let slope = FeatureMap(engine.pool, images: 4, channels: 32, height: 5, width: 3)
      // A mean far from zero: the statistics must not cancel.
      fill(x.buffer.floats, 3)
      for i in x.buffer.floats.indices { x.pointer[i] = 2 * x.pointer[i] + 5 }
      fill(residual.buffer.floats, 4)
      fill(slope.buffer.floats, 5)
      func loss() -> Double {
        let y = layer.forward(
          x, residual: hasResidual ? residual : nil, groups: groups, parameters, engine
        ).y
        return dot(y.buffer.floats, slope.buffer.floats)
      }
      let gradient = ParameterVector(layout)
      let (y, saved) = layer.forward(
        x, residual: hasResidual ? residual : nil, groups: groups, parameters, engine)
      let dy = FeatureMap(engine.pool, images: 4, channels: 32, height: 5, width: 3)
      dy.pointer.update(from: slope.pointer, count: dy.buffer.floats.count)
      let dx = layer.backward(
        dy, saved, y: y, hadResidual: hasResidual, parameters, into: gradient, engine)
      let tolerance = relu ? 1e-2 : 2e-3
      let step: Float = relu ? 1e-3 : 1e-2
      #expect(
        worstSlopeError(
          of: x.buffer.floats, gradient: Array(dx.buffer.floats), step: step, loss: loss)
          < tolerance)
      for slot in [affine.weight, affine.bias] {
        #expect(
          worstSlopeError(
            of: parameters[slot], gradient: Array(gradient[slot]), step: step, loss: loss)
            < tolerance)
      }
      guard hasResidual else { continue }
      #expect(
        worstSlopeError(
          of: residual.buffer.floats, gradient: Array(dy.buffer.floats), step: step, loss: loss)
          < tolerance)
    }
  }

  @Test(arguments: [(64, 64, 1), (64, 128, 2)])
  func basicBlock(input: Int, output: Int, stride: Int) throws {
    let engine = try Engine()
    var layout = ParameterLayout()
    let block = BasicBlock.each(
      .everyone, "b", &layout, input: input, output: output, stride: stride)[0]
    let parameters = ParameterVector(layout)
    Initialisation(parameters, seed: 1).block(block)
    let x = FeatureMap(engine.pool, images: 4, channels: input, height: 6, width: 6)
    fill(x.buffer.floats, 2)
    let side = block.side(6)
    let slope = FeatureMap(engine.pool, images: 4, channels: output, height: side, width: side)
    fill(slope.buffer.floats, 3)
    func loss() -> Double {
      dot(block.forward(x, groups: 2, parameters, engine).y.buffer.floats, slope.buffer.floats)
    }
    let gradient = ParameterVector(layout)
    let (y, saved) = block.forward(x, groups: 2, parameters, engine)
    let dy = FeatureMap(engine.pool, images: 4, channels: output, height: side, width: side)
    dy.pointer.update(from: slope.pointer, count: dy.buffer.floats.count)
    let dx = block.backward(dy, saved, x: x, y: y, parameters, into: gradient, engine)
    #expect(
      worstSlopeError(
        of: x.buffer.floats, gradient: Array(dx.buffer.floats), step: 3e-3, loss: loss) < 1e-2)
    for entry in layout.entries where entry.trainable {
      #expect(
        worstSlopeError(
          of: parameters[entry.range], gradient: Array(gradient[entry.range]), step: 3e-3,
          loss: loss) < 2e-2, "\(entry.name)")
    }
  }

  @Test func linear() throws {
    let engine = try Engine()
    var layout = ParameterLayout()
    let layer = Linear("l", &layout, input: 37, output: 29)
    let parameters = ParameterVector(layout)
    fill(parameters.floats, 1)
    let x = Matrix(engine.pool, rows: 7, columns: 37)
    let slope = Matrix(engine.pool, rows: 7, columns: 29)
    fill(x.floats, 2)
    fill(slope.floats, 3)
    func loss() -> Double { dot(layer.forward(x, parameters, engine).y.floats, slope.floats) }
    let gradient = ParameterVector(layout)
    let dx = layer.backward(
      slope, layer.forward(x, parameters, engine).saved, parameters, into: gradient, engine)
    #expect(worstSlopeError(of: x.floats, gradient: Array(dx.floats), step: 0.1, loss: loss) < 2e-3)
    #expect(
      worstSlopeError(
        of: parameters.floats, gradient: Array(gradient.floats), step: 0.1, loss: loss) < 2e-3)
  }

  @Test(arguments: [(6, 8), (7, 5), (2, 1)])
  func normPool(height: Int, width: Int) throws {
    let engine = try Engine()
    var layout = ParameterLayout()
    let norm = BatchNorm("n", &layout, channels: 32, relu: true)
    let affine = try #require(norm.affine)
    let layer = NormPool(norm)
    let parameters = ParameterVector(layout)
    fill(parameters[affine.weight], 1)
    for i in parameters[affine.weight].indices { parameters[affine.weight][i] += 1.5 }
    fill(parameters[affine.bias], 2)
    let x = FeatureMap(engine.pool, images: 4, channels: 32, height: height, width: width)
    fill(x.buffer.floats, 3)
    let (y, _) = layer.forward(x, groups: 2, parameters, engine)
    #expect(y.height == (height + 1) / 2 && y.width == (width + 1) / 2)
    let slope = FeatureMap(engine.pool, images: 4, channels: 32, height: y.height, width: y.width)
    fill(slope.buffer.floats, 4)
    func loss() -> Double {
      dot(
        layer.forward(x, groups: 2, parameters, engine).y.buffer.floats, slope.buffer.floats)
    }
    let gradient = ParameterVector(layout)
    // The gradient takes its input's memory: that of another one, of the same values.
    let same = FeatureMap(engine.pool, images: 4, channels: 32, height: height, width: width)
    same.pointer.update(from: x.pointer, count: x.buffer.floats.count)
    let saved = layer.forward(same, groups: 2, parameters, engine).saved
    let dx = layer.backward(slope, saved, parameters, into: gradient, engine)
    #expect(
      worstSlopeError(
        of: x.buffer.floats, gradient: Array(dx.buffer.floats), step: 1e-3, loss: loss)
        < 1e-2)
    for slot in [affine.weight, affine.bias] {
      #expect(
        worstSlopeError(
          of: parameters[slot], gradient: Array(gradient[slot]), step: 1e-3, loss: loss) < 1e-2)
    }
  }

  @Test func averagePool() throws {
    let engine = try Engine()
    let layer = AveragePool()
    let x = FeatureMap(engine.pool, images: 2, channels: 32, height: 3, width: 5)
    fill(x.buffer.floats, 1)
    let (y, saved) = layer.forward(x, engine)
    let slope = Matrix(engine.pool, rows: y.rows, columns: y.columns)
    fill(slope.floats, 2)
    let dx = layer.backward(slope, saved, engine)
    #expect(
      worstSlopeError(of: x.buffer.floats, gradient: Array(dx.buffer.floats), step: 0.1) {
        dot(layer.forward(x, engine).y.floats, slope.floats)
      } < 2e-3)
  }
}
