import Catalogues
import Checkpoints
import Datasets
import Downstream
import Files
import Gathering
import HDF5
import Inspection
import Jobs
import Media
import Planning
import Sweeps
import Tensors
import Views

/// A kind of file that Motet reads.
struct FuzzedReader: Sendable {
  /// The file's place below the folder in which it is read.
  let file: String
  /// Whether its last bytes are a checksum of the others.
  var isSealed = false
  /// Reads all of the file; gives messages of what it found wrong and did not throw.
  let read: @Sendable (_ folder: String) throws -> [String]
}

/// All kinds, by what the command line calls them.
let fuzzedReaders: [String: FuzzedReader] = [
  "picture": FuzzedReader(file: "picture") {
    _ = try Picture.read("\($0)/picture")
    return []
  },
  // The name of an MP3: what other bytes tell is read as what they tell.
  "sound": FuzzedReader(file: "sound.mp3") {
    _ = try Sound.read("\($0)/sound.mp3", rate: SampleStore.soundRate)
    return []
  },
  "store": FuzzedReader(file: "store.h5") { try readStore("\($0)/store.h5") },
  "pair-store": FuzzedReader(file: "pairs.h5") { try readStore("\($0)/pairs.h5") },
  "shard-manifest": FuzzedReader(file: "shards/manifest.h5") { try readShards("\($0)/shards") },
  "shard-samples": FuzzedReader(file: "shards/clients-0000.h5") { try readShards("\($0)/shards") },
  "checkpoint": FuzzedReader(file: "checkpoint.h5", isSealed: true) {
    _ = try Checkpoint.load("\($0)/checkpoint.h5")
    return []
  },
  "client-state": FuzzedReader(file: clientState, isSealed: true) { folder in
    let round = try Checkpoint.load("\(folder)/run/checkpoint-000002.h5")
    let kept = KeptState(round: 2, seal: try HDF5File.seal(of: "\(folder)/\(clientState)"))
    _ = try ClientStates("\(folder)/run/clients").load(
      client: 0, kept, layouts: round.serverState.mapValues(\.layout))
    return []
  },
  "results": FuzzedReader(file: "run/results.h5", isSealed: true) {
    _ = try Results(reading: "\($0)/run/results.h5")
    // Beside a whole one: columns of both are joined.
    return try gather("\($0)/run", "\($0)/whole", in: $0)
  },
  "evaluation": FuzzedReader(file: "run/evaluations/knn.h5", isSealed: true) {
    _ = try EvaluationRecord.load("\($0)/run/evaluations/knn.h5")
    return try gather("\($0)/run", in: $0)
  },
  "embeddings": FuzzedReader(file: "run/embeddings/round-000002.h5", isSealed: true) {
    try gather("\($0)/run", in: $0, embeddings: true)
  },
  "gathered": FuzzedReader(file: "gathered.h5", isSealed: true) {
    try gather("\($0)/run", in: $0, to: "gathered.h5")
  },
  "sweep-manifest": FuzzedReader(file: "sweep/sweep.json") {
    try gather("\($0)/sweep", in: $0)
  },
  "job": FuzzedReader(file: "job.yaml") {
    let job = try Job.load("\($0)/job.yaml")
    let data = try SampleStore.open("\($0)/data.h5")
    for name in job.modalityNames {
      // At one size: what a job asks for beyond any machine is the memory plan's.
      _ = try ViewSheet(count: 1, seed: job.seed, side: 16)
        .draw(data, split: "train", modalities: [(name, job.makeModality(name))])
    }
    return try [Tree(yaml: job.yaml).json]
  },
  "speeds": FuzzedReader(file: "speeds.json") {
    _ = try Speeds.load("\($0)/speeds.json").seconds.mapValues { Tree.number($0).json }
    return []
  },
  "sweep": FuzzedReader(file: "sweep.yaml") {
    _ = try Sweep.load("\($0)/sweep.yaml", limit: Sweep.mostCells)
    return []
  },
  "evaluations": FuzzedReader(file: "evaluations.yaml") {
    _ = try EvaluationSpec.load("\($0)/evaluations.yaml")
    return []
  },
  "partition": FuzzedReader(file: "clients.csv") { folder in
    let partitioner = try partitioners.make([
      "name": "file", "path": .text("\(folder)/clients.csv"),
    ])
    _ = try partitioner.assign(
      PartitionInput(
        modality: "image", labels: [0, 1, 2, 0, 1, 2], classes: 3, clients: 4, seed: 1))
    return []
  },
  "cifar10": imported("cifar10", "data_batch_1.bin"),
  "cifar10-classes": imported("cifar10", "batches.meta.txt"),
  "mnist": imported("mnist", "train-images-idx3-ubyte"),
  "mnist-gzip": imported("mnist", "t10k-labels-idx1-ubyte.gz"),
  "esc50": imported("esc50", "meta/esc50.csv"),
  "epicsounds": imported("epicsounds", "EPIC_Sounds_train.csv"),
  "epicsounds-audio": imported("epicsounds", "EPIC_audio.hdf5"),
  "vggsound": imported("vggsound", "vggsound.csv"),
  "tinyimagenet": imported("tinyimagenet", "val/val_annotations.txt"),
  "speechcommands": imported("speechcommands", "testing_list.txt"),
  "journal": FuzzedReader(file: ".store.h5.import") {
    try importAll("sound-folder", from: "\($0)/sounds", to: "\($0)/store.h5")
  },
]

private let clientState = "run/clients/client-000000-round-000002.h5"

/// An importer's file in the folder of its data set, which has the importer's name.
private func imported(_ importer: String, _ file: String) -> FuzzedReader {
  FuzzedReader(file: "\(importer)/\(file)") {
    try importAll(importer, from: "\($0)/\(importer)", to: "\($0)/\(importer).h5")
  }
}

private func importAll(_ importer: String, from source: String, to path: String) throws -> [String]
{
  let report = try importDataset(
    ["name": .text(importer)], from: source, to: path,
    policy: ImportSink.Policy(skipDamaged: true, threads: 1),
    modality: { try modalities.make($0) }, progress: { _, _ in })
  return report.damaged + report.leftOut
}

private func readStore(_ path: String) throws -> [String] {
  let store = try SampleStore.open(path)
  for split in store.splits {
    _ = try ContactSheet(columns: 1, rows: 2).draw(store, split: split)
    for modality in store.modalities(in: split) {
      _ = try store.grouping(modality, split: split)
      _ = try store.load(modality, split: split, rows: 0..<store.count(modality, split))
    }
  }
  _ = try store.provenance()
  _ = try store.fingerprint()
  try store.verify()
  return []
}

private func readShards(_ path: String) throws -> [String] {
  let shards = try ShardReader.open(path)
  try shards.verifyFiles()
  for modality in shards.modalities { _ = try shards.counts(modality) }
  for client in 0..<min(shards.clientCount, 16) { _ = try shards.load(client: client) }
  return []
}

private func gather(
  _ paths: String..., in folder: String, to target: String = "all.h5", embeddings: Bool = false
) throws -> [String] {
  var messages: [String] = []
  let summary = try Gather.gather(
    paths, to: "\(folder)/\(target)", embeddings: embeddings, warn: { messages.append($0) })
  return messages + summary.damaged
}
