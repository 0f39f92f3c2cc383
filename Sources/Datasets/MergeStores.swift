import Catalogues
import Files
import Foundation
import HDF5
import Tensors
import Views

/// Puts stores together into one, all or nothing: classes, splits and groups of the same name are
/// one, samples come store by store, pairs stay pairs.
/// - Parameter prefix: whether the names of samples and groups begin with their store's.
/// - Returns: what was lost, for a person: names and groups that not all stores have.
///
/// Throws where a modality is stored in two ways (pictures of two sizes), where two samples of a
/// split would have one name, and where a store is an outline.
public func mergeStores(
  _ paths: [String], to path: String, prefix: Bool,
  modality: @escaping (String) throws -> any Modality,
  progress: (_ done: Int, _ of: Int) -> Void
) throws -> [String] {
  let sources = try paths.map { try MergedStore($0, prefix: prefix) }
  let modalities = Set(sources.flatMap(\.store.modalities)).sorted()
  let classes = Dictionary(
    uniqueKeysWithValues: modalities.map { name in
      (name, unionInOrder(sources.map { $0.store.classes(name) }))
    })
  var parts: [MergedPart] = []
  for split in Set(sources.flatMap(\.store.splits)).sorted() {
    for name in modalities {
      let own = sources.filter { $0.store.count(name, split) > 0 }
      if !own.isEmpty { parts.append(try MergedPart(split, name, own)) }
    }
  }
  try checkPairs(sources, classes)
  let total = parts.reduce(0) { $0 + $1.count }
  var done = 0
  try HDF5File.save(path) { file in
    let writer = try SampleStoreWriter(file, modality: modality)
    for name in modalities { try writer.setClasses(classes[name]!, of: name) }
    for part in parts {
      try part.write(writer, classes: classes[part.modality]!) {
        done += $0
        progress(done, total)
      }
    }
    for (split, rows) in pairs(of: sources) { writer.addPair(rows, split: split) }
    try writer.note("importer", "merge")
    for (number, source) in sources.enumerated() {
      try writer.note(
        "source_\(number)", "\(source.name) \(try source.store.fingerprint())")
    }
    try writer.finish()
  }
  return parts.flatMap(\.losses)
}

/// One of the stores.
private struct MergedStore {
  let store: SampleStore
  /// Its file's, without the ending.
  let name: String
  /// What goes before its samples' and groups' names.
  let prefix: String

  init(_ path: String, prefix: Bool) throws {
    store = try SampleStore.open(path)
    try store.requireSamples()
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    self.prefix = prefix ? "\(name)/" : ""
  }
}

/// One modality of one split, out of the stores that have it.
private struct MergedPart {
  let split: String
  let modality: String
  private let sources: [MergedStore]
  private let hasGroups: Bool
  private let hasNames: Bool
  /// What some of the stores have and others have not.
  private(set) var losses: [String] = []

  var count: Int { sources.reduce(0) { $0 + $1.store.count(modality, split) } }

  init(_ split: String, _ modality: String, _ sources: [MergedStore]) throws {
    (self.split, self.modality, self.sources) = (split, modality, sources)
    let first = sources[0].store
    for source in sources.dropFirst() {
      let (one, other) = (
        try first.shape(modality, split: split), try source.store.shape(modality, split: split)
      )
      guard one == other,
        try first.form(modality, split: split) == source.store.form(modality, split: split)
      else {
        throw StoreError(
          source.store.path,
          "its '\(modality)' of \(Self.text(other)) cannot go with those of \(Self.text(one)) in "
            + "\(first.path); import one again with the other's --size")
      }
    }
    let groups = try sources.filter { try $0.store.grouping(modality, split: split) != nil }
    let names = try sources.map { try $0.store.names(modality, split: split) }
    hasGroups = groups.count == sources.count
    hasNames = names.allSatisfy { $0 != nil }
    for (what, some, all) in [
      ("groups", !groups.isEmpty, hasGroups), ("names", names.contains { $0 != nil }, hasNames),
    ] where some && !all {
      losses.append(
        "\(what) of '\(modality)' in split '\(split)' are left out: not all stores have them")
    }
    if hasNames { try checkNames(names.map { $0! }) }
  }

  private func checkNames(_ names: [SampleNames]) throws {
    var known = Set<String>()
    for (source, own) in zip(sources, names) {
      for name in own where !known.insert(source.prefix + name).inserted {
        throw StoreError(
          source.store.path,
          "its '\(modality)' \(source.prefix + name) in split '\(split)' has the name of another; "
            + (source.prefix.isEmpty
              ? "--prefix tells them apart by the names of their stores"
              : "give the stores' files different names"))
      }
    }
  }

  func write(
    _ writer: SampleStoreWriter, classes: [String], _ wrote: (_ samples: Int) -> Void
  ) throws {
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    for source in sources {
      let labels = source.store.classes(modality).map { places[$0]! }
      let grouping = hasGroups ? try source.store.grouping(modality, split: split) : nil
      let names = hasNames ? try source.store.names(modality, split: split) : nil
      for rows in Array(0..<source.store.count(modality, split)).pieces(of: 64) {
        let set = try source.store.load(
          modality, split: split, rows: rows.first!..<rows.last! + 1)
        for (index, row) in rows.enumerated() {
          try writer.add(
            set.stored(index), label: labels[Int(set.labels[index])], modality: modality,
            split: split, group: grouping.map { source.prefix + $0[row] },
            name: names.map { source.prefix + $0[row] })
        }
        wrote(rows.count)
      }
    }
  }

  private static func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "one length each" : shape.map(String.init).joined(separator: "×")
  }
}

/// Pairs are of one class, so that all their modalities need the same classes.
private func checkPairs(_ sources: [MergedStore], _ classes: [String: [String]]) throws {
  for split in Set(sources.flatMap(\.store.pairedSplits)).sorted() {
    let all = try sources.compactMap { source in
      source.store.pairedSplits.contains(split)
        ? (source.store.path, try source.store.pairs(split: split).modalities) : nil
    }
    for (path, modalities) in all {
      guard modalities == all[0].1 else {
        throw StoreError(
          path,
          "its pairs in split '\(split)' are of \(modalities.joined(separator: " and ")), "
            + "those of \(all[0].0) of \(all[0].1.joined(separator: " and "))")
      }
      guard modalities.allSatisfy({ classes[$0] == classes[modalities[0]] }) else {
        throw StoreError(
          path,
          "has pairs, and together with the other stores its modalities have different "
            + "classes; merge those of each modality, then 'motet data pair'")
      }
    }
  }
}

/// The rows of all pairs in the new store.
private func pairs(of sources: [MergedStore]) -> [(split: String, rows: [String: Int])] {
  var found: [(String, [String: Int])] = []
  for split in Set(sources.flatMap(\.store.pairedSplits)).sorted() {
    var before: [String: Int] = [:]
    for source in sources {
      if let pairs = source.store.allPairs[split] {
        for index in 0..<pairs.count {
          let rows = pairs[index].map { ($0, $1 + before[$0, default: 0]) }
          found.append((split, Dictionary(uniqueKeysWithValues: rows)))
        }
      }
      for modality in source.store.modalities(in: split) {
        before[modality, default: 0] += source.store.count(modality, split)
      }
    }
  }
  return found
}

/// All texts of some lists, each once, in the order in which they come.
private func unionInOrder(_ lists: [[String]]) -> [String] {
  var known = Set<String>()
  return lists.joined().filter { known.insert($0).inserted }
}
