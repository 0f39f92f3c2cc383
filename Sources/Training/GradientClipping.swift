import Layers
import Tensors

/// Scales a gradient down so that its l2 norm over all trainable parameters is at most `limit`
/// (Pascanu et al., arXiv 1211.5063; PyTorch's `clip_grad_norm_`).
///
/// The sums of the parameters' squares are added in the layout's order.
func clip(_ gradient: ParameterVector, to limit: Double, _ engine: Engine) {
  let entries = gradient.layout.entries.filter(\.trainable)
  let norm = squareSums(gradient, entries, engine).reduce(0, +).squareRoot()
  guard norm > limit else { return }
  // PyTorch's: it keeps the quotient finite, and stays below the limit.
  let factor = Float(limit / (norm + 1e-6))
  for range in trainableRanges(gradient.layout) {
    engine.parallel(range.count, unit: 1024) { part, _ in
      let values = gradient[range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound]
      for i in 0..<values.count { values[i] *= factor }
    }
  }
}
