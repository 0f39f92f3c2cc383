import Kernels
import Tensors

/// Multi-head self-attention among the tokens of an image (Vaswani et al., arXiv 1706.03762; timm's
/// `Attention`): a linear layer to queries, keys and values, and one after.
///
/// The weights of attention, [images][heads][tokens][tokens], are never all in memory: each head's
/// are made, used and, for the backward pass, made again.
public struct Attention: Sendable {
  let qkv: Linear
  let projection: Linear
  let heads: Int

  /// - Parameters:
  ///   - width: a multiple of 32.
  ///   - heads: parts of the width, each a multiple of 16 wide.
  public init(_ name: String, _ layout: inout ParameterLayout, width: Int, heads: Int) {
    precondition(width % heads == 0 && width / heads % 16 == 0, "\(heads) heads of \(width)")
    self.heads = heads
    qkv = Linear("\(name).qkv", &layout, input: width, output: 3 * width)
    projection = Linear("\(name).proj", &layout, input: width, output: width)
  }

  /// Queries, keys and values of all tokens, what the heads gave, and the softmax's sums.
  public struct Saved {
    let qkv: Matrix
    let mixed: Matrix
    /// [images · tokens][heads · 2], in each image by head.
    let statistics: Matrix

    subscript(_ rows: Range<Int>) -> Saved {
      Saved(qkv: qkv[rows], mixed: mixed[rows], statistics: statistics[rows])
    }
  }

  func saved(rows: Int, _ engine: Engine) -> Saved {
    Saved(
      qkv: Matrix(engine.pool, rows: rows, columns: qkv.output),
      mixed: Matrix(engine.pool, rows: rows, columns: projection.input),
      statistics: Matrix(engine.pool, rows: rows, columns: 2 * heads))
  }

  struct Weights {
    let qkv: PackedMatrix
    let projection: PackedMatrix
  }

  func weights(_ parameters: ParameterVector, transposed: Bool, _ engine: Engine) -> Weights {
    Weights(
      qkv: qkv.packed(parameters, transposed: transposed, engine),
      projection: projection.packed(parameters, transposed: transposed, engine))
  }

  /// y = residual + what the tokens `x` of some whole images see of one another; fills `saved`.
  func forward(
    _ x: Matrix, tokens: Int, residual: Matrix, _ weights: Weights, saved: Saved,
    _ parameters: ParameterVector, into y: Matrix, _ engine: Engine
  ) {
    qkv.forward(x, weights.qkv, parameters, into: saved.qkv, engine)
    let shape = shape(x.rows, tokens)
    let scratch = engine.pool.take(engine.kernels.attention_scratch(shape))
    engine.kernels.attention(
      shape, saved.qkv.pointer, saved.mixed.pointer, saved.statistics.pointer, scratch.pointer)
    projection.forward(
      saved.mixed, weights.projection, residual: residual, parameters, into: y, engine)
  }

  /// The gradients of queries, keys and values, and of `x`. `weights` are transposed.
  func inputGradient(
    _ dy: Matrix, tokens: Int, _ weights: Weights, _ saved: Saved, dqkv: Matrix, into dx: Matrix,
    _ engine: Engine
  ) {
    let dmixed = Matrix(engine.pool, rows: dy.rows, columns: projection.input)
    engine.product(dy, weights.projection, into: dmixed)
    let shape = shape(dy.rows, tokens)
    let scratch = engine.pool.take(engine.kernels.attention_scratch(shape))
    engine.kernels.attention_gradient(
      shape, saved.qkv.pointer, saved.mixed.pointer, saved.statistics.pointer, dmixed.pointer,
      dqkv.pointer, scratch.pointer)
    engine.product(dqkv, weights.qkv, into: dx)
  }

  /// Floating-point operations of one image's tokens.
  func operations(tokens: Int) -> Double {
    let t = Double(tokens)
    let width = Double(projection.input)
    return t * (qkv.operations + projection.operations) + 4 * t * t * width
  }

  private func shape(_ rows: Int, _ tokens: Int) -> MotetAttention {
    precondition(rows % tokens == 0, "\(rows) rows are no images of \(tokens) tokens")
    return MotetAttention(
      images: Int32(rows / tokens), tokens: Int32(tokens), heads: Int32(heads),
      size: Int32(projection.input / heads))
  }
}
