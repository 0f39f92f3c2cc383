import Datasets
import Digests
import Evaluation
import Files
import Foundation
import HDF5
import Jobs
import Layers
import Machines
import MessagePassing
import Tensors

/// Features of splits, embedded by all ranks, each its part. They are kept in files until all
/// evaluations of a command are done: several evaluations share them, and work that is killed goes
/// on with what it has.
final class Features {
  private static let format = FileFormat("motet features", version: 1)

  private let communicator: Communicator
  private let engine: Engine
  private let observer: any WorkObserver
  private let folder: String
  private let verification = StoreVerification()

  /// - Parameters:
  ///   - observer: told on rank 0.
  ///   - folder: of the files.
  init(
    _ communicator: Communicator, _ engine: Engine, observer: any WorkObserver, folder: String
  ) {
    self.communicator = communicator
    self.engine = engine
    self.observer = observer
    self.folder = folder
  }

  /// One of a sample's views as the run was trained on them.
  struct TrainingView {
    let seed: UInt64
    /// Views of one sample with different numbers are independent.
    let index: Int

    func stream(_ split: EvaluatedSplit, place: Int) -> RandomStream {
      StoreSamples.stream(seed, split.modality, epoch: index, sample: split.rows[place])
    }
  }

  /// Features [samples, dimension] on rank 0, empty elsewhere. A collective.
  /// - Parameter view: what is embedded of each sample; its evaluation views where nil.
  func of(
    _ split: EvaluatedSplit, run: EvaluatedRun, output: Embedder.Output, view: TrainingView? = nil
  ) throws -> [Float] {
    let embedder = Embedder(encoder: run.job.encoder, output: output, engine)
    var file: FeatureFile?
    var features: [Float] = []
    try communicator.agreeOnRoot {
      let own = FeatureFile(try path(split, run, output, view))
      features = own.load(most: split.rows.count, dimension: embedder.dimension)
      file = own
    }
    let wasThere = Int(try communicator.broadcast(Int64(features.count / embedder.dimension)))
    if wasThere < split.rows.count { try verify(split) }
    let title =
      "embedding \(split.name) \(split.modality) \(split.split)"
      + (view.map { ", view \($0.index + 1)" } ?? "")
    let random: ((_ place: Int) -> RandomStream)? = view.map { view in
      { view.stream(split, place: $0) }
    }
    let savePoint = SavePoint(communicator)
    var done = wasThere
    for part in Embedder.parts(of: wasThere..<split.rows.count, communicator) {
      features += try embedder.embed(split, part, run.model, communicator, random: random)
      done = part.upperBound
      if communicator.rank == 0 { observer.progress(title, done, of: split.rows.count) }
      let due = try savePoint.check()
      if done < split.rows.count, due != .nothing {
        try communicator.agreeOnRoot { try file?.save(features, dimension: embedder.dimension) }
      }
      if due == .stop {
        try communicator.agreeOnRoot { try file?.save(features, dimension: embedder.dimension) }
        throw Stopped(after: "\(title) \(done)")
      }
    }
    if wasThere < done {
      try communicator.agreeOnRoot { try file?.save(features, dimension: embedder.dimension) }
    }
    return features
  }

  /// Throws where a split's samples are not those that were imported. A collective; rank 0 reads
  /// them.
  func verify(_ split: EvaluatedSplit) throws {
    func isStopped() -> Bool { StopSignal.isReceived }
    try communicator.workOnRoot(isStopped: isStopped) { pause in
      try verification.verify(split.store, split.modality, split: split.split, between: pause)
    }
  }

  /// Removes the files: at the end of all evaluations.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private func path(
    _ split: EvaluatedSplit, _ run: EvaluatedRun, _ output: Embedder.Output, _ view: TrainingView?
  ) throws -> String {
    let views = try run.job.viewSettings(split.modality).json
    var key = [run.modelHash, try split.digest, views, output.rawValue]
    if let view { key.append("view \(view.index) of seed \(view.seed)") }
    return "\(folder)/\(SHA256.hex(of: key.joined(separator: " ")).prefix(16)).h5"
  }

  /// One file of features: of all rows, or of the first so many.
  private struct FeatureFile {
    let path: String

    init(_ path: String) { self.path = path }

    /// None where there is no whole file, or it has more rows than there can be.
    func load(most rows: Int, dimension: Int) -> [Float] {
      guard FileManager.default.fileExists(atPath: path),
        let file = try? HDF5File.openSealed(path, as: format),
        let shape = try? file.storedShape("/features"), shape.count == 2, shape[1] == dimension,
        shape[0] <= rows
      else { return [] }
      return (try? file.read("/features")) ?? []
    }

    func save(_ features: [Float], dimension: Int) throws {
      try FileSystem.makeFolder(FileSystem.parent(of: path))
      try HDF5File.saveSealed(path) { file in
        try format.stamp(file)
        try file.write(
          "/features", features, shape: [features.count / dimension, dimension])
      }
    }
  }
}
