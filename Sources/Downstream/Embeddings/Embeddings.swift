import Catalogues
import Datasets
import Digests
import Evaluation
import Jobs
import Layers
import MessagePassing
import Views

/// Writes the features of samples, after one or more rounds of a run, on all ranks together: a
/// collective. Everything is checked before anything is computed; a file that is there already is
/// not made again, and what was stopped goes on. Returns the files by round, as given, on rank 0,
/// none elsewhere.
///
/// - Parameters:
///   - path: the run's folder; files go into its `embeddings`.
///   - threads: of each rank.
@discardableResult
public func embed(
  _ path: String, _ options: EmbeddingOptions, threads: Int = 1, _ communicator: Communicator,
  observer: any WorkObserver
) throws -> [EmbeddingFile] {
  let rounds: [Int?] = options.rounds.isEmpty ? [nil] : options.rounds
  let runs = try rounds.map {
    try EvaluatedRun(path, round: $0, communicator, warn: observer.note)
  }
  let (engine, splits) = try communicator.agree {
    let engine = try Engine(lanes: try Engine.lanesFromEnvironment(), threads: threads)
    return (engine, try options.open(runs[0], engine))
  }
  try Job.requireSameProgram(communicator)
  let samples = try communicator.agree {
    SHA256.hex(of: try splits.map { try $0.digest }.joined(separator: " "))
  }
  try communicator.requireSame("\(options.spec) \(options.rounds) \(samples)") { _, _ in
    "other samples than rank 0's; give all ranks the same files and options"
  }
  let folder = EmbeddingFile.folder(of: runs[0].path)
  var identities: [EmbeddingFile.Identity] = []
  var files: [EmbeddingFile?] = runs.map { _ in nil }
  var lock: FolderLock?
  try communicator.agreeOnRoot {
    let names = splits.namesDigest
    identities = runs.map {
      EmbeddingFile.Identity(
        round: $0.round, model: $0.modelHash, split: options.split,
        features: options.output.rawValue, spec: options.spec, samples: samples,
        names: names)
    }
    files = try identities.map {
      try EmbeddingFile.existing(EmbeddingFile.path(in: runs[0].path, round: $0.round), $0)
    }
    lock = try prepareFolder(folder, for: "an embedding", note: observer.note)
  }
  defer { withExtendedLifetime(lock) {} }
  let features = Features(
    communicator, engine, observer: observer, folder: "\(folder)/features")
  for (index, run) in runs.enumerated() {
    guard try communicator.broadcast(Int64(files[index] == nil ? 1 : 0)) == 1 else { continue }
    let own = try splits.map { try features.of($0, run: run, output: options.output) }
    try communicator.agreeOnRoot {
      files[index] = try EmbeddingFile.save(
        EmbeddingFile.path(in: run.path, round: run.round), identities[index], splits,
        features: own)
    }
  }
  try communicator.agreeOnRoot { features.remove() }
  return files.compactMap { $0 }
}

extension EmbeddingOptions {
  /// The samples of each modality of each store.
  fileprivate func open(
    _ run: EvaluatedRun, _ engine: Engine
  ) throws -> [EvaluatedSplit] {
    try stores().map { store, name in
      // Streams 0 and 1 are the monitor's.
      let rows = run.job.someRows(limit, of: store.count(name, split), stream: 2)
      return try EvaluatedSplit(
        store, modality: name, split: split, rows: rows, run: run, engine)
    }
  }

  /// Each modality of each store. Throws where a store is missing or has not what is asked for.
  public func stores() throws -> [(store: SampleStore, modality: String)] {
    let found = try data.flatMap { path in
      let store = try SampleStore.open(path)
      let all = try store.modalities(ofSplit: split)
      let names = try modality.map { [try known($0, store)] } ?? all
      if let missing = names.first(where: { !all.contains($0) }) {
        throw StoreError(path, "has no \(missing) in split '\(split)'")
      }
      return names.map { (store: store, modality: $0) }
    }
    for (index, one) in found.enumerated() {
      // In the file a name is all that tells the stores apart.
      let name = one.store.name
      if let other = found[..<index].first(where: {
        $0.store.name == name && $0.modality == one.modality
      }) {
        throw StoreError(
          one.store.path,
          "is called '\(name)' in the file, as \(other.store.path) is; give each store once, "
            + "under a name of its own")
      }
    }
    return found
  }

  private func known(_ modality: String, _ store: SampleStore) throws -> String {
    guard modalities.names.contains(modality) else {
      throw JobError(
        path: "--modality", message: unknown("modality", modality, among: modalities.names))
    }
    guard store.modalities.contains(modality) else {
      throw StoreError(
        store.path, "has no \(modality); it has: \(store.modalities.joined(separator: ", "))")
    }
    return modality
  }
}
