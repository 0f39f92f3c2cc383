/// A second model that a task needs beside the evaluated one.
public struct OtherModel: Hashable, Sendable {
  /// The folder of its run; the evaluated run's own where nil.
  public let folder: String?
  /// The round of its checkpoint; the newest where nil.
  public let round: Int?

  public init(folder: String?, round: Int? = nil) {
    self.folder = folder
    self.round = round
  }
}
