import Catalogues
import Digests
import Foundation

/// How data sets are to be cut into clients. Each modality is cut by itself; part k of each makes
/// client k, as far as the mix lets it have the modality.
public struct ShardPlan: Sendable {
  /// Where one modality comes from, and how it is cut.
  public struct Source: Sendable {
    /// A sample store.
    public let path: String
    /// Fewest samples of the modality in any client.
    public let minimum: Int
    let partitioner: any Partitioner
    /// The partitioner with all its options but files, as JSON with sorted keys.
    let settings: String
    /// The files that options name, by option.
    let files: [String: String]

    /// `partitioner`: `{name: dirichlet, alpha: 0.1}` or a name alone.
    public init(path: String, partitioner: Tree, minimum: Int = 0) throws {
      self.path = path
      self.minimum = minimum
      self.partitioner = try partitioners.make(partitioner)
      var resolved = try partitioners.resolve(partitioner)
      files = try partitioners.fileOptions(of: partitioner).reduce(into: [:]) {
        $0[$1] = resolved.take($1)?.text
      }
      settings = resolved.json
    }

    /// The samples' groups, where the partitioner needs them. Throws where there are none.
    func grouping(_ modality: String, split: String, in store: SampleStore) throws -> Grouping? {
      guard partitioner.needsGroups else { return nil }
      guard let grouping = try store.grouping(modality, split: split) else {
        throw StoreError(
          path,
          "has no groups (speakers, writers, places) of '\(modality)' in split '\(split)'; import "
            + "the data again where their makers give them, or choose another partitioner")
      }
      return grouping
    }
  }

  /// By modality.
  public let sources: [String: Source]
  public let clients: Int
  public let seed: UInt64
  /// The split that is cut.
  public let split: String
  /// Writes the manifest alone: clients then read from the stores.
  public let byReference: Bool
  /// Which clients have which modalities; nil: all have all.
  public let mix: ModalityMix?

  public init(
    sources: [String: Source], clients: Int, seed: UInt64, split: String = "train",
    byReference: Bool = false, mix: ModalityMix? = nil
  ) {
    precondition(mix.map { $0.modalities.count == clients } ?? true, "a mix of other clients")
    self.mix = mix
    self.sources = sources
    self.clients = clients
    self.seed = seed
    self.split = split
    self.byReference = byReference
  }

  /// All that the shards depend on, as texts by key: of files and data their digests.
  /// - Parameter data: by modality the store and the fingerprint of its samples.
  func entries(
    of data: [String: (store: SampleStore, fingerprint: String)]
  ) throws -> [String: String] {
    var entries = [
      "clients": "\(clients)", "seed": "\(seed)", "split": split,
      "by_reference": byReference ? "true" : "false",
    ]
    if let mix { entries.merge(mix.entries(of: sources.keys)) { $1 } }
    for (modality, source) in sources {
      entries["\(modality).partitioner"] = source.settings
      entries["\(modality).minimum"] = "\(source.minimum)"
      let (store, fingerprint) = data[modality]!
      entries["\(modality).data"] = fingerprint
      let grouping = try source.grouping(modality, split: split, in: store)
      entries["\(modality).groups"] = grouping?.digest
      for (option, path) in source.files {
        let content = try regularContents(path, mend: "the partitioner needs it")
        let hash = SHA256()
        content.withUnsafeBytes { hash.update($0) }
        entries["\(modality).partitioner.\(option)"] = hash.finish()
      }
    }
    return entries
  }

  /// The plan of what is written with the data as they are now.
  public func entries() throws -> [String: String] {
    try entries(
      of: sources.reduce(into: [:]) {
        let store = try SampleStore.open($1.value.path)
        $0[$1.key] = (store, try store.fingerprint($1.key, split: split))
      })
  }

  /// The keys in which two plans differ, with both values, in words; nil where they do not.
  public static func difference(found: [String: String], wanted: [String: String]) -> String? {
    let keys = Set(found.keys).union(wanted.keys).sorted()
    let texts = keys.filter { found[$0] != wanted[$0] }.map { key in
      func short(_ value: String?) -> String {
        guard let value else { return "none" }
        return value.count == 64 ? String(value.prefix(8)) : value
      }
      return "\(key) is \(short(found[key])), wanted \(short(wanted[key]))"
    }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }
}
