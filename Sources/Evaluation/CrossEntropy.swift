import Foundation
import Layers
import Tensors

/// Softmax cross-entropy of logits and classes (PyTorch's `cross_entropy`), in Float64.
public enum CrossEntropy {
  /// The sum of the rows' losses, and the gradient of that sum over `divisor`.
  ///
  /// - Parameters:
  ///   - logits: [rows, classes].
  ///   - labels: a class for each row.
  ///   - divisor: the whole batch's rows, of which these may be a part.
  public static func loss(
    _ logits: Matrix, _ labels: [Int32], divisor: Int, _ engine: Engine
  ) -> (sum: Double, gradient: Matrix) {
    precondition(labels.count == logits.rows, "\(labels.count) labels of \(logits.rows) rows")
    let gradient = Matrix(engine.pool, rows: logits.rows, columns: logits.columns)
    var sum = 0.0
    for (row, label) in labels.enumerated() {
      let x = logits.pointer + row * logits.columns
      let normaliser = logSumExp(x, logits.columns)
      sum += normaliser - Double(x[Int(label)])
      let d = gradient.pointer + row * logits.columns
      for c in 0..<logits.columns {
        let p = exp(Double(x[c]) - normaliser)
        d[c] = Float((p - (c == Int(label) ? 1 : 0)) / Double(divisor))
      }
    }
    return (sum, gradient)
  }

  /// Each row's loss. `logits` is [labels.count, classes].
  public static func losses(_ logits: [Float], _ labels: [Int32], classes: Int) -> [Double] {
    precondition(logits.count == labels.count * classes, "\(logits.count) logits")
    return logits.withUnsafeBufferPointer { logits in
      labels.enumerated().map { row, label in
        let x = logits.baseAddress! + row * classes
        return logSumExp(x, classes) - Double(x[Int(label)])
      }
    }
  }

  private static func logSumExp(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
    var greatest = -Double.infinity
    for c in 0..<count { greatest = max(greatest, Double(x[c])) }
    // Not a number stays one; `max` may have passed over it.
    var sum = 0.0
    for c in 0..<count { sum += exp(Double(x[c]) - greatest) }
    return greatest + log(sum)
  }
}
