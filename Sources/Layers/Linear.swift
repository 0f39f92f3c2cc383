import Tensors

/// y = x W + b over rows (PyTorch's Linear; W is stored [input][output]).
public struct Linear: Sendable {
  public let weight: Range<Int>
  public let bias: Range<Int>
  public let input: Int
  public let output: Int

  public init(_ name: String, _ layout: inout ParameterLayout, input: Int, output: Int) {
    self.input = input
    self.output = output
    weight = layout.add("\(name).weight", [output, input], order: .linear)
    bias = layout.add("\(name).bias", [output])
  }

  public struct Saved {
    let x: Matrix
  }

  public func forward(_ x: Matrix, _ parameters: ParameterVector, _ engine: Engine)
    -> (y: Matrix, saved: Saved)
  {
    precondition(x.columns == input, "Linear of \(input) inputs got \(x.columns)")
    let y = Matrix(engine.pool, rows: x.rows, columns: output)
    let bias = parameters[bias].baseAddress!
    for row in 0..<x.rows { (y.pointer + row * output).update(from: bias, count: output) }
    engine.product(
      rows: x.rows, columns: output, inner: input, x.pointer, parameters[weight].baseAddress!,
      into: y.pointer, accumulate: true)
    return (y, Saved(x: x))
  }

  /// The input's gradient; the weight's and the bias's are added to `gradient`.
  public func backward(
    _ dy: Matrix, _ saved: Saved, _ parameters: ParameterVector, into gradient: ParameterVector,
    _ engine: Engine
  ) -> Matrix {
    addGradients(dy, saved.x, into: gradient, engine)
    let dx = Matrix(engine.pool, rows: dy.rows, columns: input)
    engine.product(
      rows: dy.rows, columns: input, inner: output, dy.pointer,
      parameters[weight].baseAddress!, bTransposed: true, into: dx.pointer)
    return dx
  }

  /// Adds the weight's and the bias's gradients, summed over the rows in order, for part `part` of
  /// `parts`.
  func addGradients(
    _ dy: Matrix, _ x: Matrix, part: Int = 0, of parts: Int = 1, into gradient: ParameterVector,
    _ engine: Engine
  ) {
    // Of the weight a part has some of the inputs, of the bias some of the outputs.
    let inputs = Engine.part(part, of: parts, input, unit: 8)
    engine.product(
      rows: inputs.count, columns: output, inner: dy.rows, x.pointer + inputs.lowerBound,
      aStride: input, aTransposed: true, dy.pointer,
      into: gradient[weight].baseAddress! + inputs.lowerBound * output, accumulate: true)
    let outputs = Engine.part(part, of: parts, output, unit: 1)
    let db = gradient[bias].baseAddress! + outputs.lowerBound
    for row in 0..<dy.rows {
      engine.kernels.add(outputs.count, dy.pointer + row * output + outputs.lowerBound, db)
    }
  }

  /// Floating-point operations of one row, 2 for a multiply-add.
  public var operations: Double { Double(2 * input * output) }
}
