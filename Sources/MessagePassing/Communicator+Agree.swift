/// An error that all ranks throw together, after one of them met it.
public struct AgreedError: Error, CustomStringConvertible, Equatable {
  public let rank: Int
  public let message: String

  /// Rank 0 reads the job and the files for all: its messages speak for themselves.
  public var description: String { rank == 0 ? message : "rank \(rank): \(message)" }
}

extension Communicator {
  /// Runs `body` on every rank: all return, or all throw the same error, that of the lowest rank
  /// that failed; `WorkStopped` stays what it is. `body` must not call a collective.
  public func agree<Result>(_ body: () throws -> Result) throws -> Result {
    guard size > 1 else { return try body() }
    let outcome = Swift.Result { try body() }
    let message: String? =
      switch outcome {
      case .success: nil
      case .failure(is WorkStopped): Self.stopped
      case .failure(let error): "\(error)"
      }
    let failing = Int(try minimum(Int64(message == nil ? size : rank)))
    if failing == size { return try outcome.get() }
    let text = try broadcast(text: message ?? "", from: failing)
    if text == Self.stopped { throw WorkStopped() }
    throw AgreedError(rank: failing, message: text)
  }

  /// What `WorkStopped` is among messages.
  private static let stopped = "\u{0}stopped"

  /// Throws on all ranks where a rank's text is not rank 0's. A collective.
  /// - Parameter complaint: what is wrong, by rank 0's text and the other's.
  public func requireSame(
    _ text: String, _ complaint: (_ root: String, _ own: String) -> String
  ) throws {
    guard size > 1 else { return }
    let root = try broadcast(text: text)
    try agree { if text != root { throw DifferingRank(description: complaint(root, text)) } }
  }

  /// Runs `body` on rank 0 alone; all ranks throw if it does.
  public func agreeOnRoot(_ body: () throws -> Void) throws {
    try agree { if rank == 0 { try body() } }
  }
}

/// A rank that has something else than rank 0.
private struct DifferingRank: Error, CustomStringConvertible {
  let description: String
}
