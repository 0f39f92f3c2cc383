import Layers
import Tensors
import TestSupport
import Testing

struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  let input: Int
  let output: Int
  let kernel: Int
  let stride: Int
  let padding: Int
  let height: Int
  let width: Int
  var layout = FeatureMap.Layout.blocked
  var testDescription: String {
    "\(input)->\(output) \(kernel)x\(kernel)/\(stride) on \(height)x\(width)"
  }
}

let convolutionCases = [
  ConvolutionCase(input: 64, output: 64, kernel: 3, stride: 1, padding: 1, height: 8, width: 8),
  ConvolutionCase(input: 32, output: 64, kernel: 3, stride: 1, padding: 1, height: 7, width: 5),
  ConvolutionCase(input: 128, output: 128, kernel: 3, stride: 1, padding: 1, height: 1, width: 3),
  ConvolutionCase(input: 64, output: 128, kernel: 3, stride: 2, padding: 1, height: 9, width: 6),
  ConvolutionCase(input: 32, output: 64, kernel: 3, stride: 2, padding: 1, height: 8, width: 16),
  ConvolutionCase(input: 64, output: 32, kernel: 3, stride: 2, padding: 1, height: 13, width: 15),
  ConvolutionCase(input: 64, output: 32, kernel: 3, stride: 1, padding: 1, height: 1, width: 1),
  ConvolutionCase(input: 32, output: 64, kernel: 3, stride: 1, padding: 1, height: 2, width: 2),
  ConvolutionCase(input: 64, output: 64, kernel: 3, stride: 1, padding: 1, height: 5, width: 5),
  ConvolutionCase(input: 64, output: 32, kernel: 3, stride: 2, padding: 1, height: 4, width: 4),
  ConvolutionCase(input: 32, output: 64, kernel: 3, stride: 2, padding: 1, height: 3, width: 2),
  ConvolutionCase(input: 32, output: 64, kernel: 5, stride: 3, padding: 2, height: 4, width: 5),
  ConvolutionCase(input: 64, output: 128, kernel: 1, stride: 2, padding: 0, height: 7, width: 7),
  ConvolutionCase(input: 64, output: 32, kernel: 1, stride: 2, padding: 0, height: 2, width: 2),
  ConvolutionCase(
    input: 3, output: 64, kernel: 7, stride: 2, padding: 3, height: 17, width: 12, layout: .plain),
  ConvolutionCase(
    input: 5, output: 32, kernel: 7, stride: 2, padding: 3, height: 14, width: 21, layout: .plain),
  ConvolutionCase(
    input: 1, output: 32, kernel: 3, stride: 1, padding: 1, height: 5, width: 6, layout: .plain),
]

@Suite struct ConvolutionTests {
  let images = 3

  /// Forward and both gradients against sums written out in Float64.
  @Test(arguments: convolutionCases, Engine.availableLanes)
  func equalsDirectSums(_ s: ConvolutionCase, lanes: Int) throws {
    let engine = try Engine(lanes: lanes)
    var layout = ParameterLayout()
    let layer = Convolution(
      "c", &layout, input: s.input, output: s.output, kernel: s.kernel, stride: s.stride,
      padding: s.padding)
    let parameters = ParameterVector(layout)
    fill(parameters.floats, 1, scale: 0.1)
    let height = layer.side(s.height)
    let width = layer.side(s.width)
    let x = noise(2 << 32, images * s.input * s.height * s.width)
    let dy = noise(3 << 32, images * s.output * height * width)
    let input = s.layout == .plain ? plainMap(x, s, engine) : map(x, s, engine)

    var y = [Double](repeating: 0, count: dy.count)
    var dx = [Double](repeating: 0, count: x.count)
    var dw = [Double](repeating: 0, count: layout.count)
    let weight = parameters.floats
    for n in 0..<images {
      for o in 0..<s.output {
        for i in 0..<height {
          for j in 0..<width {
            let at = ((n * s.output + o) * height + i) * width + j
            for a in 0..<s.kernel {
              for b in 0..<s.kernel {
                let row = i * s.stride - s.padding + a
                let column = j * s.stride - s.padding + b
                guard (0..<s.height).contains(row), (0..<s.width).contains(column) else { continue }
                for c in 0..<s.input {
                  let from = ((n * s.input + c) * s.height + row) * s.width + column
                  let w = ((a * s.kernel + b) * s.input + c) * s.output + o
                  y[at] += Double(x[from]) * Double(weight[w])
                  dx[from] += Double(dy[at]) * Double(weight[w])
                  dw[w] += Double(dy[at]) * Double(x[from])
                }
              }
            }
          }
        }
      }
    }
    let output = layer.forward(input, parameters, engine)
    #expect(relativeError(plain(output, engine), y.map { Float($0) }) < 1e-5)
    let gradient = ParameterVector(layout)
    let slope = blocked(
      dy, images: images, channels: s.output, height: height, width: width, engine)
    if s.layout == .plain {
      layer.backwardWeight(slope, input, into: gradient, engine)
    } else {
      let back = layer.backward(slope, input, parameters, into: gradient, engine)
      #expect(relativeError(plain(back, engine), dx.map { Float($0) }) < 1e-5)
    }
    #expect(relativeError(gradient.floats, dw.map { Float($0) }) < 1e-5)
    // A second call adds.
    layer.backwardWeight(slope, input, into: gradient, engine)
    #expect(relativeError(gradient.floats, dw.map { Float(2 * $0) }) < 1e-5)
  }

  private func map(_ x: [Float], _ s: ConvolutionCase, _ engine: Engine) -> FeatureMap {
    blocked(
      x, images: images, channels: s.input, height: s.height, width: s.width, engine)
  }

  private func plainMap(_ x: [Float], _ s: ConvolutionCase, _ engine: Engine) -> FeatureMap {
    let result = FeatureMap(
      engine.pool, images: images, channels: s.input, height: s.height, width: s.width,
      layout: .plain)
    let positions = s.height * s.width
    for n in 0..<images {
      for c in 0..<s.input {
        for p in 0..<positions {
          result.pointer[(n * positions + p) * s.input + c] = x[(n * s.input + c) * positions + p]
        }
      }
    }
    return result
  }
}
