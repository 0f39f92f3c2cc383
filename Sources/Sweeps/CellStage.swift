import Machines

/// What follows a cell's run: a process of its own, on the same ranks.
public struct CellStage {
  /// As in `evaluate`.
  let name: String
  let isDone: (SweepCell) -> Bool
  /// The cells whose runs it needs beside this one's.
  let partners: (SweepCell) -> [SweepCell]
  let run: (SweepCell) throws -> ChildProcess.End

  public init(
    _ name: String, isDone: @escaping (SweepCell) -> Bool,
    partners: @escaping (SweepCell) -> [SweepCell] = { _ in [] },
    run: @escaping (SweepCell) throws -> ChildProcess.End
  ) {
    self.name = name
    self.isDone = isDone
    self.partners = partners
    self.run = run
  }
}
