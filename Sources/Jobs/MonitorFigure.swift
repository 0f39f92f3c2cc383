/// One figure of the monitor: how well a data set's classes can be told from the model's features.
public struct MonitorFigure: Sendable, Equatable {
  public let data: String
  public let modality: String
  /// The share of the queries whose class kNN finds.
  public let accuracy: Double

  public init(data: String, modality: String, accuracy: Double) {
    self.data = data
    self.modality = modality
    self.accuracy = accuracy
  }
}
