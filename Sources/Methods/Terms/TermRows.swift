import Catalogues
import Layers
import Tensors

/// What a term looks at: the encoder's features, or the projections that losses see.
public enum TermRows: String, WordOption {
  case features, projection

  func rows(of batch: MethodBatch) -> Matrix {
    self == .features ? batch.features : batch.projection
  }

  /// The loss of a term with this gradient by those rows, and none by the others.
  func loss(_ loss: Double, slope: Matrix, _ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    guard self == .features else { return MethodLoss(loss, projection: slope) }
    let nothing = Matrix.zeros(
      engine.pool, rows: batch.projection.rows, columns: batch.projection.columns)
    return MethodLoss(loss, projection: nothing, features: slope)
  }
}
