import Tensors

/// A block of a vision transformer, norm first: x + attention(norm(x)), then + MLP(norm(…)) (timm's
/// `Block`; Dosovitskiy et al., arXiv 2010.11929).
///
/// A batch goes through in pieces of some images, whose values stay in the caches from one layer to
/// the next. Pieces change no bits: images do not meet, and a parameter's gradient sums the rows in
/// order.
public struct TransformerBlock: Sendable {
  let norm1: LayerNorm
  let attention: Attention
  let norm2: LayerNorm
  let mlp: MLP
  private let width: Int
  /// Rows of a piece, about.
  private static let pieceRows = 512

  public init(
    _ name: String, _ layout: inout ParameterLayout, width: Int, heads: Int, hidden: Int
  ) {
    self.width = width
    norm1 = LayerNorm("\(name).norm1", &layout, columns: width)
    attention = Attention("\(name).attn", &layout, width: width, heads: heads)
    norm2 = LayerNorm("\(name).norm2", &layout, columns: width)
    mlp = MLP("\(name).mlp", &layout, width: width, hidden: hidden)
  }

  public struct Saved {
    let x: Matrix
    let attention: Attention.Saved
    /// Between attention and MLP.
    let middle: Matrix
    /// The MLP's values before GELU.
    let hidden: Matrix
  }

  /// Tokens [images · tokens, width] -> the same shape.
  public func forward(
    _ x: Matrix, tokens: Int, _ parameters: ParameterVector, _ engine: Engine
  ) -> (y: Matrix, saved: Saved) {
    let y = Matrix(engine.pool, rows: x.rows, columns: width)
    let saved = Saved(
      x: x, attention: attention.saved(rows: x.rows, engine),
      middle: Matrix(engine.pool, rows: x.rows, columns: width),
      hidden: Matrix(engine.pool, rows: x.rows, columns: mlp.first.output))
    let attentionWeights = attention.weights(parameters, transposed: false, engine)
    let mlpWeights = mlp.weights(parameters, transposed: false, engine)
    for piece in pieces(x.rows, tokens) {
      let middle = saved.middle[piece]
      attention.forward(
        norm1.forward(x[piece], parameters, engine).y, tokens: tokens, residual: x[piece],
        attentionWeights, saved: saved.attention[piece], parameters, into: middle, engine)
      mlp.forward(
        norm2.forward(middle, parameters, engine).y, residual: middle, mlpWeights,
        hidden: saved.hidden[piece], parameters, into: y[piece], engine)
    }
    return (y, saved)
  }

  /// Turns `dy` into the input's gradient; the parameters' are added to `gradient`.
  public func backward(
    _ dy: Matrix, tokens: Int, _ saved: Saved, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine
  ) {
    let attentionWeights = attention.weights(parameters, transposed: true, engine)
    let mlpWeights = mlp.weights(parameters, transposed: true, engine)
    for piece in pieces(dy.rows, tokens) {
      let d = dy[piece]
      let middle = saved.middle[piece]
      let (n2, saved2) = norm2.forward(middle, parameters, engine)
      let d2 = mlp.backward(
        d, n2, mlpWeights, hidden: saved.hidden[piece], into: gradient, engine)
      norm2.backward(d2, middle, saved2, parameters, addingTo: d, into: gradient, engine)
      let x = saved.x[piece]
      let (n1, saved1) = norm1.forward(x, parameters, engine)
      let d1 = attention.backward(
        d, n1, tokens: tokens, attentionWeights, saved.attention[piece], into: gradient, engine)
      norm1.backward(d1, x, saved1, parameters, addingTo: d, into: gradient, engine)
    }
  }

  private func pieces(_ rows: Int, _ tokens: Int) -> some Sequence<Range<Int>> {
    let step = max(1, Self.pieceRows / tokens) * tokens
    return stride(from: 0, to: rows, by: step).lazy.map { $0..<min($0 + step, rows) }
  }

  /// Floating-point operations of one image's forward pass.
  public func operations(tokens: Int) -> Double {
    attention.operations(tokens: tokens) + Double(tokens) * mlp.operations
  }
}
