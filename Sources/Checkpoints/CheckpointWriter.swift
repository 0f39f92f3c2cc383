import Dispatch
import HDF5
import Synchronization

/// Writes checkpoints on a thread of its own while the next round trains, one after the other.
///
/// A run that dies meanwhile has the checkpoint of before, and repeats what came after it. Where
/// the HDF5 library is not made for several threads, writing happens in `save` itself.
public final class CheckpointWriter: Sendable {
  private let folder: CheckpointFolder
  private let queue = DispatchQueue(label: "motet checkpoints")
  private let failure = Mutex<(any Error)?>(nil)

  public init(_ folder: CheckpointFolder) { self.folder = folder }

  /// Begins to write a copy of the checkpoint as it is now, after waiting for the one before.
  /// Throws what that one met.
  /// - Parameter keep: rounds whose checkpoints stay.
  public func save(_ checkpoint: Checkpoint, keep: [Int] = []) throws {
    try finish()
    guard HDF5File.isThreadSafe else { return try folder.save(checkpoint, keep: keep) }
    // Nobody else knows the copy.
    nonisolated(unsafe) let copy = checkpoint.copy()
    queue.async { [self] in
      do { try folder.save(copy, keep: keep) } catch { failure.withLock { $0 = error } }
    }
  }

  /// Throws what writing has met so far, without waiting.
  public func check() throws {
    if let error = failure.withLock({ $0.take() }) { throw error }
  }

  /// Returns when everything is written. Throws what that met.
  public func finish() throws {
    queue.sync {}
    try check()
  }
}
