/// How far a cell is.
public enum CellState: Equatable, Sendable {
  case missing
  /// Begun, with this many complete rounds in a checkpoint.
  case unfinished(rounds: Int)
  /// Trained on other data than there are now.
  case outdated
  /// All rounds are done, and the last checkpoint is not whole.
  case damaged
  /// The last attempt ended with this.
  case failed(String)
  /// All rounds are done, what follows them is not: this comes next.
  case trained(next: CellStage)
  case finished
}
