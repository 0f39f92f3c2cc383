/// One figure of an evaluation.
public struct EvaluationFigure: Sendable {
  public let name: String
  public let value: Double
  /// 95 % bootstrap interval; not a number where there is none.
  public let low: Double
  public let high: Double
  /// Samples that it was measured on.
  public let count: Int
}
