import Catalogues
import Files
import Foundation
import HDF5
import Views

/// The samples of one client, by modality.
public struct ClientData: Sendable {
  public let client: Int
  public let sets: [String: SampleSet]

  public init(client: Int, sets: [String: SampleSet]) {
    self.client = client
    self.sets = sets
  }
}

/// Where a modality of the shards came from.
public struct ShardSource: Sendable, Equatable {
  /// The sample store at the time.
  public let path: String
  public let split: String
  /// The store's fingerprint of the modality (`SampleStore.fingerprint`).
  public let sha256: String
}

/// Shards, opened for reading: the partition, and any client's samples. Not for several threads at
/// once.
public final class ShardReader {
  public static let manifestFormat = FileFormat(
    "motet shard manifest", version: 2, mend: "make the shards again with 'motet shard --overwrite'"
  )
  static let fileFormat = FileFormat("motet client samples", version: 1)
  static let manifestName = "manifest.h5"
  static func fileName(_ number: Int) -> String {
    "clients-\(padded(number, to: 4)).h5"
  }

  public let path: String
  public let clientCount: Int
  /// Sorted.
  public let modalities: [String]
  public let sources: [String: ShardSource]
  /// All that the shards depend on, as texts by key, for comparison with what is wanted.
  public let plan: [String: String]
  public let partitions: [String: Partition]
  /// By modality the clients that have it, where not all do.
  public let holders: [String: [Int]]
  /// What tells these shards from any others: see `ShardFingerprint`.
  public let fingerprint: String
  private let file: HDF5File
  private let digests: [String: ClientDigests]
  /// Empty where samples are referred to.
  private let firsts: [Int]
  private var current: (number: Int, groups: [String: SampleGroup])?
  private var stores: [String: SampleStore] = [:]

  /// Opens and checks a manifest (or the folder that holds it), and that its files are there.
  public static func open(_ manifestPath: String) throws -> ShardReader {
    try ShardReader(manifestPath)
  }

  private init(_ given: String) throws {
    let path = FileSystem.isFolder(given) ? "\(given)/\(Self.manifestName)" : given
    self.path = path
    let file = try HDF5File.open(path)
    self.file = file
    try Self.manifestFormat.verify(file)
    plan = try file.attributeNames(on: "plan").reduce(into: [:]) {
      $0[$1] = try file.textAttribute($1, on: "plan")
    }
    modalities = try file.names(in: "partition")
    let clients = Int(plan["clients"] ?? "") ?? 0
    guard Partition.clientCounts.contains(clients), !modalities.isEmpty else {
      throw StoreError(path, "holds no clients, or too many; make the shards again")
    }
    clientCount = clients
    let fingerprint = ShardFingerprint(clients: clients)
    var partitions: [String: Partition] = [:]
    var holders: [String: [Int]] = [:]
    var sources: [String: ShardSource] = [:]
    for modality in modalities {
      let group = "/sources/\(modality)"
      let source = ShardSource(
        path: try file.textAttribute("path", on: group),
        split: try file.textAttribute("split", on: group),
        sha256: try file.textAttribute("sha256", on: group))
      let offsets = try file.read("/partition/\(modality)/offset", as: Int64.self)
      let indices = try file.read("/partition/\(modality)/indices", as: Int64.self)
      guard offsets.count == clients + 1, offsets.first == 0,
        offsets.last == Int64(indices.count), zip(offsets, offsets.dropFirst()).allSatisfy(<=)
      else { throw StoreError(path, "/partition/\(modality) is damaged; make the shards again") }
      fingerprint.add(modality, data: source.sha256, offsets: offsets, indices: indices)
      partitions[modality] = Partition(
        offsets: offsets.map { Int($0) }, indices: indices.map { Int($0) },
        moved: Int(try file.intAttribute("moved", on: "/partition/\(modality)")))
      if try file.contains("/partition/\(modality)/holders") {
        let clientIDs = try file.read("/partition/\(modality)/holders", as: Int64.self)
          .map { Int($0) }
        guard clientIDs.allSatisfy((0..<clients).contains) else {
          throw StoreError(path, "/partition/\(modality) is damaged; make the shards again")
        }
        holders[modality] = clientIDs
      }
      sources[modality] = source
    }
    self.partitions = partitions
    self.holders = holders
    self.sources = sources
    self.fingerprint = fingerprint.finish()
    digests = try modalities.reduce(into: [:]) {
      $0[$1] = try ClientDigests(file, $1, clients: clients)
    }
    firsts =
      try file.contains("/first_client")
      ? try file.read("/first_client", as: Int64.self).map { Int($0) } : []
    guard
      firsts.isEmpty
        || firsts.first == 0 && firsts.last == clients
          && zip(firsts, firsts.dropFirst()).allSatisfy(<)
    else { throw StoreError(path, "/first_client is damaged; make the shards again") }
  }

  /// Whether samples are read from the stores and not from copies.
  public var isByReference: Bool { firsts.isEmpty }

  /// Samples of one modality that a client holds.
  public func count(_ client: Int, _ modality: String) -> Int {
    partitions[modality]?.count(client) ?? 0
  }

  /// Samples of a modality that no client has, for want of one that has the modality.
  public func unused(_ modality: String) throws -> Int {
    guard holders[modality] != nil else { return 0 }
    return Int(try file.intAttribute("unused", on: "/partition/\(modality)"))
  }

  public func classes(_ modality: String) throws -> [String] {
    try file.texts("/classes/\(modality)")
  }

  /// How a modality was cut, for a person: "dirichlet alpha=0.1".
  public func cut(_ modality: String) -> String {
    let settings = plan["\(modality).partitioner"] ?? ""
    guard let tree = try? Tree(json: settings), let name = tree["name"]?.text else {
      return settings
    }
    let options = tree.without(["name"]).leaves.sorted { $0.key < $1.key }
    return ([name] + options.map { "\($0.key)=\($0.value.plain)" }).joined(separator: " ")
  }

  /// Samples by client and class, [clients][classes].
  public func counts(_ modality: String) throws -> [[Int]] {
    let name = "/counts/\(modality)"
    let damaged = StoreError(path, "\(name) is damaged; make the shards again")
    let classes = try classes(modality).count
    guard classes > 0, try file.shape(name) == [clientCount, classes] else { throw damaged }
    let flat = try file.read(name, as: Int64.self)
    let counts = (0..<clientCount).map { client in
      flat[client * classes..<(client + 1) * classes].map { Int($0) }
    }
    // Each is compared before they are added.
    let most = Int64(partitions[modality]?.indices.count ?? 0)
    guard flat.allSatisfy((0...most).contains),
      counts.indices.allSatisfy({ counts[$0].reduce(0, +) == count($0, modality) })
    else { throw damaged }
    return counts
  }

  /// Checks that every file with samples is there and belongs to this manifest, so that a run fails
  /// before it begins and not in its middle. Samples are not read.
  public func verifyFiles() throws {
    if isByReference {
      for modality in modalities { _ = try store(modality) }
    } else {
      for number in 0..<firsts.count - 1 { _ = try open(number) }
    }
  }

  /// Reads a client's samples; modalities of which it has none are left out. Throws where they are
  /// not those that were cut.
  public func load(client: Int) throws -> ClientData {
    precondition(client >= 0 && client < clientCount, "client \(client) of \(clientCount)")
    var sets: [String: SampleSet] = [:]
    for modality in modalities {
      let partition = partitions[modality]!
      guard partition.count(client) > 0 else { continue }
      let group: SampleGroup
      let set: SampleSet
      if isByReference {
        group = try store(modality).group(modality, sources[modality]!.split)
        set = try group.load(indices: Array(partition.samples(of: client)))
      } else {
        let number = firsts.lastIndex { $0 <= client }!
        let begin = partition.offsets[firsts[number]]
        group = try open(number)[modality]!
        set = try group.load(
          partition.offsets[client] - begin..<partition.offsets[client + 1] - begin)
      }
      guard digests[modality]!.matches(set, client: client) else {
        throw StoreError(
          group.file.path,
          "the samples of client \(client) (\(modality)) are not those that were cut: the file was "
            + "changed, or its storage lost a part; make the shards again with "
            + "'motet shard --overwrite'")
      }
      sets[modality] = set
    }
    return ClientData(client: client, sets: sets)
  }

  /// The checked groups of a file; the one used last stays open.
  private func open(_ number: Int) throws -> [String: SampleGroup] {
    if let current, current.number == number { return current.groups }
    let folder = FileSystem.parent(of: path)
    let file = try HDF5File.open("\(folder)/\(Self.fileName(number))")
    try Self.fileFormat.verify(file)
    guard try file.textAttribute("fingerprint") == fingerprint,
      try file.intAttribute("first_client") == Int64(firsts[number])
    else {
      throw StoreError(file.path, "belongs to other shards than \(path); make the shards again")
    }
    var groups: [String: SampleGroup] = [:]
    for modality in modalities {
      let classes = try classes(modality).count
      let group = try SampleGroup(
        file, "/\(modality)", modality: modality, classes: classes, mend: "make the shards again")
      let offsets = partitions[modality]!.offsets
      guard group.count == offsets[firsts[number + 1]] - offsets[firsts[number]] else {
        throw StoreError(
          file.path,
          "holds \(counted(group.count, "sample")) of \(modality), not those of the manifest")
      }
      groups[modality] = group
    }
    current = (number, groups)
    return groups
  }

  /// The store that a modality is read from, which must be the one that was cut.
  private func store(_ modality: String) throws -> SampleStore {
    if let store = stores[modality] { return store }
    let source = sources[modality]!
    let store = try SampleStore.open(source.path)
    guard try store.fingerprint(modality, split: source.split) == source.sha256 else {
      throw StoreError(
        source.path, "is not the data set that \(path) refers to; make the shards again")
    }
    stores[modality] = store
    return store
  }
}
