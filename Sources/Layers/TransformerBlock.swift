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
    /// The MLP's values before GELU; nil where they were forgotten.
    let hidden: Matrix?

    subscript(_ rows: Range<Int>) -> Saved {
      Saved(
        x: x[rows], attention: attention[rows], middle: middle[rows], hidden: hidden?[rows])
    }
  }

  /// Tokens [images · tokens, width] -> the same shape.
  /// - Parameter recompute: whether the MLP's hidden values are forgotten: a third of what is
  ///   saved.
  public func forward(
    _ x: Matrix, tokens: Int, recompute: Bool = false, _ parameters: ParameterVector,
    _ engine: Engine
  ) -> (y: Matrix, saved: Saved) {
    let y = Matrix(engine.pool, rows: x.rows, columns: width)
    let saved = Saved(
      x: x, attention: attention.saved(rows: x.rows, engine),
      middle: Matrix(engine.pool, rows: x.rows, columns: width),
      hidden: recompute
        ? nil : Matrix(engine.pool, rows: x.rows, columns: mlp.first.output))
    let attentionWeights = attention.weights(parameters, transposed: false, engine)
    let mlpWeights = mlp.weights(parameters, transposed: false, engine)
    engine.parallel(x.rows, unit: tokens) { part, own in
      for piece in pieces(part, tokens) {
        let middle = saved.middle[piece]
        attention.forward(
          norm1.forward(x[piece], parameters, own).y, tokens: tokens, residual: x[piece],
          attentionWeights, saved: saved.attention[piece], parameters, into: middle, own)
        mlp.forward(
          norm2.forward(middle, parameters, own).y, residual: middle, mlpWeights,
          hidden: saved.hidden?[piece]
            ?? Matrix(own.pool, rows: piece.count, columns: mlp.first.output), parameters,
          into: y[piece], own)
      }
    }
    return (y, saved)
  }

  /// What the parameters' gradients of a piece are made of.
  private struct Piece {
    let normed1: Matrix
    let saved1: LayerNorm.Saved
    let dqkv: Matrix
    let dnormed1: Matrix
    /// The gradient between attention and MLP.
    let dmiddle: Matrix
    let normed2: Matrix
    let saved2: LayerNorm.Saved
    let dhidden: Matrix
    let active: Matrix
    let dnormed2: Matrix
    let dy: Matrix
  }

  /// Turns `dy` into the input's gradient; the parameters' are added to `gradient`.
  public func backward(
    _ dy: Matrix, tokens: Int, _ saved: Saved, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine
  ) {
    let attentionWeights = attention.weights(parameters, transposed: true, engine)
    let mlpWeights = mlp.weights(parameters, transposed: true, engine)
    let forwardWeight =
      saved.hidden == nil ? mlp.first.packed(parameters, transposed: false, engine) : nil
    for rows in pieces(0..<dy.rows, tokens, engine.threads) {
      let piece = makePiece(rows.count, engine)
      let kept = saved[rows]
      engine.parallel(rows.count, unit: tokens) { part, own in
        inputGradient(
          dy[rows][part], piece, kept, part, tokens: tokens, attentionWeights, mlpWeights,
          forwardWeight, parameters, own)
      }
      engine.onAllThreads { part, own in
        addGradients(piece, kept, part: part, of: engine.threads, into: gradient, own)
      }
    }
  }

  /// Images of a piece are independent: `part` is some of them. With `forwardWeight` the MLP's
  /// hidden values are made again.
  private func inputGradient(
    _ d: Matrix, _ piece: Piece, _ saved: Saved, _ part: Range<Int>, tokens: Int,
    _ attentionWeights: Attention.Weights, _ mlpWeights: MLP.Weights,
    _ forwardWeight: PackedMatrix?, _ parameters: ParameterVector, _ engine: Engine
  ) {
    let middle = saved.middle[part]
    norm2.forward(middle, piece.saved2[part], parameters, into: piece.normed2[part], engine)
    piece.dy[part].pointer.update(from: d.pointer, count: d.floats.count)
    let hidden =
      saved.hidden?[part]
      ?? Matrix(engine.pool, rows: part.count, columns: mlp.first.output)
    if let forwardWeight {
      mlp.first.forward(piece.normed2[part], forwardWeight, parameters, into: hidden, engine)
    }
    mlp.inputGradient(
      d, hidden: hidden, mlpWeights, dhidden: piece.dhidden[part],
      active: piece.active[part], into: piece.dnormed2[part], engine)
    norm2.backward(
      piece.dnormed2[part], middle, piece.saved2[part], parameters, addingTo: d, engine)
    piece.dmiddle[part].pointer.update(from: d.pointer, count: d.floats.count)
    let x = saved.x[part]
    norm1.forward(x, piece.saved1[part], parameters, into: piece.normed1[part], engine)
    attention.inputGradient(
      d, tokens: tokens, attentionWeights, saved.attention[part], dqkv: piece.dqkv[part],
      into: piece.dnormed1[part], engine)
    norm1.backward(piece.dnormed1[part], x, piece.saved1[part], parameters, addingTo: d, engine)
  }

  /// Each part has some of every parameter's values, and sums all rows.
  private func addGradients(
    _ piece: Piece, _ saved: Saved, part: Int, of parts: Int, into gradient: ParameterVector,
    _ engine: Engine
  ) {
    for (linear, dy, x) in [
      (mlp.second, piece.dy, piece.active), (mlp.first, piece.dhidden, piece.normed2),
      (attention.projection, piece.dmiddle, saved.attention.mixed),
      (attention.qkv, piece.dqkv, piece.normed1),
    ] {
      linear.addGradients(dy, x, part: part, of: parts, into: gradient, engine)
    }
    norm2.addGradients(
      piece.dnormed2, saved.middle, piece.saved2, part: part, of: parts, into: gradient, engine)
    norm1.addGradients(
      piece.dnormed1, saved.x, piece.saved1, part: part, of: parts, into: gradient, engine)
  }

  private func makePiece(_ rows: Int, _ engine: Engine) -> Piece {
    func matrix(_ columns: Int) -> Matrix { Matrix(engine.pool, rows: rows, columns: columns) }
    return Piece(
      normed1: matrix(width), saved1: norm1.saved(rows: rows, engine), dqkv: matrix(3 * width),
      dnormed1: matrix(width), dmiddle: matrix(width), normed2: matrix(width),
      saved2: norm2.saved(rows: rows, engine), dhidden: matrix(mlp.first.output),
      active: matrix(mlp.first.output), dnormed2: matrix(width), dy: matrix(width))
  }

  /// Rows cut in whole images, as many as `threads` take at a time.
  private func pieces(
    _ rows: Range<Int>, _ tokens: Int, _ threads: Int = 1
  ) -> some Sequence<Range<Int>> {
    let step = max(1, Self.pieceRows / tokens) * tokens * threads
    return stride(from: rows.lowerBound, to: rows.upperBound, by: step).lazy
      .map { $0..<min($0 + step, rows.upperBound) }
  }

  /// Floating-point operations of one image's forward pass.
  public func operations(tokens: Int) -> Double {
    attention.operations(tokens: tokens) + Double(tokens) * mlp.operations
  }
}
