import Checkpoints
import Files
import Foundation
import Tensors

/// What is kept of a classifier in training, so that the same command goes on where it ended: a
/// folder of checkpoints, as a run's. A checkpoint's round is the number of steps (of a linear
/// probe: epochs), its job the spec, its shards the data.
public final class ClassifierState {
  struct Content {
    let steps: Int
    let parameters: ParameterVector
    /// The optimizer's vectors.
    let optimizer: [ParameterVector]
  }

  private static func name(_ index: Int) -> String { "optimizer_\(index)" }
  private let folder: CheckpointFolder
  private let spec: String
  private let data: String
  private let title: String
  private let note: (String) -> Void

  /// - Parameters:
  ///   - path: the folder.
  ///   - title: what is trained, for messages.
  init(
    _ path: String, title: String, spec: String, data: String, note: @escaping (String) -> Void
  ) {
    folder = CheckpointFolder(path)
    self.title = title
    self.spec = spec
    self.data = data
    self.note = note
  }

  /// Nil where there is nothing of this work. What is of no use is named and removed: its newest
  /// would be found again at every start, until one gets past its step without being stopped.
  /// - Parameters:
  ///   - vectors: of the optimizer.
  ///   - unit: what is counted, `step` or `epoch`.
  func load(_ layout: ParameterLayout, vectors: Int, unit: String) throws -> Content? {
    let newest: Checkpoint?
    do { newest = try folder.newest(warn: note) } catch let error as DamagedCheckpoints {
      note("\(error.path): damaged, as are all others; starting over")
      remove()
      return nil
    }
    guard let newest else { return nil }
    let optimizer = (0..<vectors).compactMap { newest.serverState[Self.name($0)] }
    guard newest.job == spec, newest.shards == data, newest.model.layout == layout,
      optimizer.count == vectors, optimizer.allSatisfy({ $0.layout == layout })
    else {
      note("\(folder.path): of other data or another version; starting over")
      remove()
      return nil
    }
    note("continuing \(title) after \(unit) \(newest.round)")
    return Content(steps: newest.round, parameters: newest.model, optimizer: optimizer)
  }

  func save(_ content: Content) throws {
    try FileSystem.makeFolder(folder.path)
    try folder.save(
      Checkpoint(
        round: content.steps, job: spec, shards: data, model: content.parameters,
        serverState: Dictionary(
          uniqueKeysWithValues: content.optimizer.enumerated().map { (Self.name($0), $1) })))
  }

  /// When the evaluation is complete.
  func remove() { try? FileManager.default.removeItem(atPath: folder.path) }
}
