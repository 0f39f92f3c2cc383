import Catalogues
import Datasets
import Jobs
import Views

/// What plans ask of sample stores, each opened once.
final class StoreFacts {
  private var stores: [String: SampleStore] = [:]
  private var shapes: [String: [Int]] = [:]

  func store(_ path: String) throws -> SampleStore {
    if let store = stores[path] { return store }
    let store = try SampleStore.open(path)
    stores[path] = store
    return store
  }

  /// A sample's shape; [mean length] of sounds. That of the first split which has the modality,
  /// `train` before any other.
  private func sample(_ path: String, _ modality: String) throws -> [Int] {
    let key = "\(path)\u{0}\(modality)"
    if let shape = shapes[key] { return shape }
    let store = try store(path)
    let splits = ["train"] + store.splits
    let split = splits.first { store.count(modality, $0) > 0 } ?? splits[0]
    var shape = try store.shape(modality, split: split)
    if shape.isEmpty {
      let lengths = try store.lengths(modality, split: split)
      shape = [lengths.reduce(0, +) / max(1, lengths.count)]
    }
    shapes[key] = shape
    return shape
  }

  /// The views of a job's encoder.
  /// - Parameter settings: of the modality.
  func view(
    _ job: Job, _ settings: Tree, _ path: String, _ modality: String
  ) throws -> SpeedCase.ViewCase {
    let shape = try job.viewShape(of: modality)
    return SpeedCase.ViewCase(
      modality: try .init(settings, of: modalities),
      sample: try sample(path, modality), side: shape.side, channels: shape.channels)
  }
}
