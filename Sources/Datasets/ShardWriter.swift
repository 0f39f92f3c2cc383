import Catalogues
import Files
import Foundation
import HDF5
import Views

/// What became of a plan.
public enum ShardOutcome: Sendable, Equatable {
  case written
  /// The folder held shards of just this plan already.
  case unchanged
}

/// Cuts the data sets of a plan into clients and writes them into a folder, all or nothing:
/// `manifest.h5` with the partition, and (unless by reference) `clients-NNNN.h5` with the samples
/// of consecutive clients. A folder that holds something else is left alone and refused.
/// - Parameter overwrite: makes them anew where the folder holds shards already, of whatever plan;
///   it has the old ones or the new ones, but for the moment between two renames.
@discardableResult
public func makeShards(
  plan: ShardPlan, to folder: String, overwrite: Bool = false,
  progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
) throws -> ShardOutcome {
  guard !plan.sources.isEmpty else { throw ConfigurationError("data", "no data to cut") }
  let parts = try plan.sources.sorted { $0.key < $1.key }.map {
    try ShardPart(modality: $0.key, source: $0.value, plan: plan)
  }
  for part in parts { try part.store.requireSamples() }
  let entries = try plan.entries(
    of: Dictionary(
      uniqueKeysWithValues: parts.map { ($0.modality, ($0.store, $0.fingerprint)) }))
  if overwrite {
    try requireShardsAlone(folder)
  } else if try holdsShards(folder, of: entries) {
    return .unchanged
  }

  // What a link leads to is replaced, not the link.
  let url = URL(fileURLWithPath: folder).standardizedFileURL.resolvingSymlinksInPath()
  let parent = url.deletingLastPathComponent().path
  let temporary = TemporaryName.beside(url.path)
  try FileSystem.makeFolder(parent)
  TemporaryName.removeAbandoned(url.path)
  do {
    // A process of this number that is no more may have left one.
    try FileSystem.remove(temporary)
    try FileSystem.makeFolder(temporary)
    try ShardWriter(plan, parts, entries, folder: temporary).write(progress)
    try replace(url.path, by: temporary)
    try FileSystem.sync(folder: parent)
  } catch {
    try? FileManager.default.removeItem(atPath: temporary)
    throw error
  }
  return .written
}

extension ShardPlan {
  /// Which client gets which samples, by modality; nothing is written. Throws where shards could
  /// not be made.
  public func partitions() throws -> [String: Partition] {
    try sources.reduce(into: [:]) {
      $0[$1.key] = try ShardPart(modality: $1.key, source: $1.value, plan: self).partition
    }
  }
}

/// Gives a folder its name. One that holds something by that name is put aside first, and removed
/// when the new one is there.
private func replace(_ folder: String, by temporary: String) throws {
  func move(_ from: String, _ to: String) throws {
    guard rename(from, to) == 0 else {
      throw StoreError(folder, "cannot be made (rename: \(String(cString: strerror(errno))))")
    }
  }
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  guard !names.isEmpty else { return try move(temporary, folder) }
  let old = "\(temporary)-old"
  try move(folder, old)
  do { try move(temporary, folder) } catch {
    rename(old, folder)
    throw error
  }
  try? FileManager.default.removeItem(atPath: old)
}

/// Throws where a folder holds anything but shards; these may be damaged.
private func requireShardsAlone(_ folder: String) throws {
  let names = try folderNames(folder).sorted()
  guard !names.isEmpty else { return }
  try requireManifest(names, folder)
  if let other = names.first(where: { $0 != ShardReader.manifestName && !isClientsFile($0) }) {
    throw StoreError(folder, "holds '\(other)' beside shards; move it away or give another folder")
  }
  if let file = try? HDF5File.open("\(folder)/\(ShardReader.manifestName)") {
    try ShardReader.manifestFormat.verifyName(file)
  }
}

/// Whether a name is that of a file of shards, `clients-NNNN.h5`.
private func isClientsFile(_ name: String) -> Bool {
  let number = Int(name.dropFirst("clients-".count).dropLast(".h5".count))
  return number.map { $0 >= 0 && ShardReader.fileName($0) == name } ?? false
}

/// The names in a folder; none where there is no such folder.
private func folderNames(_ folder: String) throws -> [String] {
  guard FileManager.default.fileExists(atPath: folder) else { return [] }
  guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
    throw StoreError(folder, "is not a folder that can be read; give another")
  }
  return names
}

private func requireManifest(_ names: [String], _ folder: String) throws {
  guard names.contains(ShardReader.manifestName) else {
    throw StoreError(folder, "is not empty and holds no shards; give another folder")
  }
}

/// Whether the folder holds shards of this plan. Throws where it holds anything else.
private func holdsShards(_ folder: String, of entries: [String: String]) throws -> Bool {
  let names = try folderNames(folder)
  if names.isEmpty { return false }
  try requireManifest(names, folder)
  let reader = try ShardReader.open("\(folder)/\(ShardReader.manifestName)")
  if let difference = ShardPlan.difference(found: reader.plan, wanted: entries) {
    throw StoreError(
      folder,
      "holds shards of another plan (\(difference)); --overwrite replaces them, or give another folder"
    )
  }
  return true
}

/// One modality of a plan with its data set opened and cut.
struct ShardPart {
  let modality: String
  let source: ShardPlan.Source
  let store: SampleStore
  let group: SampleGroup
  let fingerprint: String
  let partition: Partition
  /// The clients that have the modality; nil: all.
  let holders: [Int]?

  init(modality: String, source: ShardPlan.Source, plan: ShardPlan) throws {
    self.modality = modality
    self.source = source
    store = try SampleStore.open(source.path)
    group = try store.group(modality, plan.split)
    fingerprint = try store.fingerprint(modality, split: plan.split)
    let whole = try Partition(
      PartitionInput(
        modality: modality, labels: group.labels, classes: store.classes(modality).count,
        clients: plan.clients,
        grouping: source.grouping(modality, split: plan.split, in: store), seed: plan.seed),
      minimum: source.minimum, by: source.partitioner)
    let holders = plan.mix?.holders(of: modality) ?? Array(0..<plan.clients)
    guard let mix = plan.mix, holders.count < plan.clients else {
      partition = whole
      self.holders = nil
      return
    }
    partition = whole.held(
      by: holders, redistribute: mix.redistributes, seed: plan.seed, modality: modality)
    self.holders = holders
  }
}

private struct ShardWriter {
  let plan: ShardPlan
  let parts: [ShardPart]
  let entries: [String: String]
  let folder: String

  /// Bytes of samples after which a file ends. Files of this size suit parallel file systems, and
  /// hundreds of ranks then share a few files instead of opening one for each client.
  private static let fileSize = 256 << 20

  init(
    _ plan: ShardPlan, _ parts: [ShardPart], _ entries: [String: String], folder: String
  ) {
    self.plan = plan
    self.parts = parts
    self.entries = entries
    self.folder = folder
  }

  func write(_ progress: (Int, Int) throws -> Void) throws {
    let firsts = plan.byReference ? [] : fileBounds()
    try HDF5File.save("\(folder)/\(ShardReader.manifestName)") { try writeManifest($0, firsts) }
    // The files carry the fingerprint of the manifest that they belong to.
    let fingerprint = try ShardReader.open("\(folder)/\(ShardReader.manifestName)").fingerprint
    for (number, (first, end)) in zip(firsts, firsts.dropFirst()).enumerated() {
      try HDF5File.save("\(folder)/\(ShardReader.fileName(number))") { file in
        try ShardReader.fileFormat.stamp(file)
        try file.setAttribute("fingerprint", fingerprint)
        try file.setAttribute("first_client", Int64(first))
        try file.setAttribute("client_count", Int64(end - first))
        for part in parts { try writeSamples(part, first..<end, file) }
      }
      try progress(end, plan.clients)
    }
  }

  /// The first client of each file, and the number of clients in them.
  private func fileBounds() -> [Int] {
    var firsts = [0]
    var size = 0
    for client in 0..<plan.clients {
      let own = parts.reduce(0) { sum, part in
        part.partition.samples(of: client).reduce(sum) { $0 + part.group.bytes(of: $1) }
      }
      if size > 0, size + own > Self.fileSize {
        firsts.append(client)
        size = 0
      }
      size += own
    }
    return firsts + [plan.clients]
  }

  private func writeSamples(_ part: ShardPart, _ clients: Range<Int>, _ file: HDF5File) throws {
    let group = part.group
    let writer = try SampleGroupWriter(
      file, "/\(part.modality)", form: group.form, shape: group.shape)
    let offsets = part.partition.offsets
    var rest = part.partition.indices[offsets[clients.lowerBound]..<offsets[clients.upperBound]]
    while !rest.isEmpty {
      var size = 0
      let piece = rest.prefix {
        size += group.bytes(of: $0)
        return size <= 16 << 20
      }
      let next = piece.isEmpty ? rest.prefix(1) : piece
      try writer.add(try group.load(indices: Array(next)))
      rest = rest.dropFirst(next.count)
    }
    try writer.finish()
  }

  private func writeManifest(_ file: HDF5File, _ firsts: [Int]) throws {
    try ShardReader.manifestFormat.stamp(file)
    try file.makeGroup("plan")
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      try file.setAttribute(key, value, on: "plan")
    }
    for part in parts {
      let modality = part.modality
      let classes = part.store.classes(modality)
      let partition = part.partition
      try file.write("/partition/\(modality)/offset", partition.offsets.map { Int64($0) })
      try file.write("/partition/\(modality)/indices", partition.indices.map { Int64($0) })
      try file.setAttribute("moved", Int64(partition.moved), on: "/partition/\(modality)")
      if let holders = part.holders {
        try file.write("/partition/\(modality)/holders", holders.map { Int64($0) })
        let unused = part.group.count - partition.indices.count
        try file.setAttribute("unused", Int64(unused), on: "/partition/\(modality)")
      }
      let counts = partition.counts(labels: part.group.labels, classes: classes.count)
      try file.write(
        "/counts/\(modality)", counts.flatMap { $0.map { Int64($0) } },
        shape: [plan.clients, classes.count])
      try file.write("/classes/\(modality)", texts: classes)
      try file.makeGroup("/statistics/\(modality)")
      for (key, value) in try part.store.statistics(modality).sorted(by: { $0.key < $1.key }) {
        try file.setAttribute(key, value, on: "/statistics/\(modality)")
      }
      try ClientDigests(of: part.group, cut: partition).write(file, modality)
      let source = "/sources/\(modality)"
      try file.makeGroup(source)
      let absolute = URL(fileURLWithPath: part.source.path).standardizedFileURL.path
      try file.setAttribute("path", absolute, on: source)
      try file.setAttribute("split", plan.split, on: source)
      try file.setAttribute("sha256", part.fingerprint, on: source)
    }
    if !plan.byReference { try file.write("/first_client", firsts.map { Int64($0) }) }
  }
}
