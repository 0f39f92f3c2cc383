import Catalogues
import Files
import Foundation
import HDF5
import Tensors
import Views

/// How many pairs were made of a split, and how many samples of each modality had no partner.
public struct PairReport: Sendable {
  public let pairs: [String: Int]
  public let unpaired: [String: [String: Int]]
}

/// Makes a store of pairs from a store for each modality, all or nothing: within a split, the i-th
/// sample of a class in one goes with the i-th of that class in the others, as far as the rarest
/// goes. The new store holds just the samples in pairs, in the order in which they come in the
/// modality that has the fewest in that split; so row i of one modality belongs to row i of the
/// others, and `SamplePairs` says so.
///
/// Throws where class names differ, no split is in all stores, or a class of a split is in some
/// stores only. Pairs of outlines are an outline.
public func pairStores(
  _ sources: [String: String], to path: String,
  modality: @escaping (String) throws -> any Modality,
  progress: (_ done: Int, _ of: Int) -> Void
) throws -> PairReport {
  guard sources.count > 1 else {
    throw ConfigurationError("data", "pairs need at least two modalities, such as image and audio")
  }
  let stores = try sources.sorted { $0.key < $1.key }.map {
    PairSource(modality: $0.key, store: try SampleStore.open($0.value))
  }
  let matches = try matchSplits(stores)
  if stores.contains(where: { $0.store.outline != nil }) {
    try writeOutline(of: matches, stores, to: path)
  } else {
    try write(matches, stores, to: path, modality: modality, progress: progress)
  }
  return PairReport(
    pairs: Dictionary(uniqueKeysWithValues: matches.map { ($0.split, $0.count) }),
    unpaired: Dictionary(
      uniqueKeysWithValues: matches.map { match in
        let left = stores.map {
          ($0.modality, $0.store.count($0.modality, match.split) - match.count)
        }
        return (match.split, Dictionary(uniqueKeysWithValues: left))
      }))
}

private func write(
  _ matches: [PairMatch], _ stores: [PairSource], to path: String,
  modality: @escaping (String) throws -> any Modality,
  progress: (_ done: Int, _ of: Int) -> Void
) throws {
  let total = matches.reduce(0) { $0 + $1.count } * stores.count
  var done = 0
  try HDF5File.save(path) { file in
    let writer = try SampleStoreWriter(file, modality: modality)
    for source in stores { try writer.setClasses(source.classes, of: source.modality) }
    for match in matches {
      for source in stores {
        let grouping = try source.store.grouping(source.modality, split: match.split)
        let names = try source.store.names(source.modality, split: match.split)
        for rows in match.rows[source.modality]!.pieces(of: 64) {
          try writer.add(
            source.store.load(source.modality, split: match.split, indices: Array(rows)),
            groups: grouping.map { grouping in rows.map { grouping[$0] } },
            names: names.map { names in rows.map { names[$0] } }, split: match.split)
          done += rows.count
          progress(done, total)
        }
      }
      for row in 0..<match.count {
        writer.addPair(match.rows.mapValues { _ in row }, split: match.split)
      }
    }
    try writer.note("importer", "pair")
    for source in stores {
      let sums = try matches.map {
        "\($0.split) \(try source.store.fingerprint(source.modality, split: $0.split))"
      }
      try writer.note("\(source.modality)_source_sha256", sums.joined(separator: ", "))
    }
    try writer.finish()
  }
}

private func writeOutline(
  of matches: [PairMatch], _ stores: [PairSource], to path: String
) throws {
  for source in stores where source.store.outline == nil {
    throw StoreError(
      source.store.path,
      "has samples, and the store that it is paired with is an outline; "
        + "pair two of a kind")
  }
  let rows = stores.map { source in
    let rows = matches.map { ($0.split, $0.rows[source.modality]!) }
    return (source.modality, Dictionary(uniqueKeysWithValues: rows))
  }
  try StoreOutline(
    ofPairs: Dictionary(uniqueKeysWithValues: stores.map { ($0.modality, $0.store) }),
    rows: Dictionary(uniqueKeysWithValues: rows)
  ).write(path)
}

private struct PairSource {
  let modality: String
  let store: SampleStore
  var classes: [String] { store.classes(modality) }
}

/// The rows of a split that go together, of each modality.
private struct PairMatch {
  let split: String
  let rows: [String: [Int]]
  var count: Int { rows.values.first!.count }
}

private func matchSplits(_ sources: [PairSource]) throws -> [PairMatch] {
  let first = sources[0]
  for source in sources {
    guard source.store.modalities.contains(source.modality) else {
      throw StoreError(
        source.store.path,
        "there is no '\(source.modality)'; it has: "
          + source.store.modalities.joined(separator: ", "))
    }
    guard source.classes == first.classes else {
      throw StoreError(source.store.path, difference(source, first))
    }
  }
  let splits = first.store.splits.filter { split in
    sources.allSatisfy { $0.store.count($0.modality, split) > 0 }
  }
  guard !splits.isEmpty else {
    let have = sources.map { source in
      let own = source.store.splits.filter { source.store.count(source.modality, $0) > 0 }
      return "\(source.modality) has \(own.joined(separator: ", "))"
    }
    throw StoreError(
      first.store.path, "no split is in all stores: \(have.joined(separator: "; "))")
  }
  return try splits.map { try match($0, sources) }
}

private func match(_ split: String, _ sources: [PairSource]) throws -> PairMatch {
  let rarest = sources.min {
    $0.store.count($0.modality, split) < $1.store.count($1.modality, split)
  }!
  var byClass: [String: [[Int]]] = [:]
  for source in sources {
    var rows = [[Int]](repeating: [], count: source.classes.count)
    for (row, label) in try source.store.labels(source.modality, split: split).enumerated() {
      rows[Int(label)].append(row)
    }
    byClass[source.modality] = rows
  }
  for (label, name) in rarest.classes.enumerated() {
    let counts = sources.map { byClass[$0.modality]![label].count }
    guard counts.allSatisfy({ $0 > 0 }) || counts.allSatisfy({ $0 == 0 }) else {
      let text = zip(sources, counts).map { "\($1) of \($0.modality)" }.joined(separator: ", ")
      throw StoreError(
        rarest.store.path, "split '\(split)': the class '\(name)' has \(text); no pairs can be made"
      )
    }
  }
  var used = [Int](repeating: 0, count: rarest.classes.count)
  var rows: [String: [Int]] = [:]
  for label in try rarest.store.labels(rarest.modality, split: split).map({ Int($0) }) {
    let number = used[label]
    guard sources.allSatisfy({ number < byClass[$0.modality]![label].count }) else { continue }
    used[label] += 1
    for source in sources {
      rows[source.modality, default: []].append(byClass[source.modality]![label][number])
    }
  }
  return PairMatch(split: split, rows: rows)
}

/// What two lists of classes differ in.
private func difference(_ one: PairSource, _ other: PairSource) -> String {
  let own = Set(one.classes)
  let foreign = Set(other.classes)
  func text(_ names: Set<String>) -> String {
    let sorted = names.sorted()
    return sorted.prefix(3).joined(separator: ", ") + (sorted.count > 3 ? ", …" : "")
  }
  var parts: [String] = []
  if !own.subtracting(foreign).isEmpty {
    parts.append("\(text(own.subtracting(foreign))) is in '\(one.modality)' alone")
  }
  if !foreign.subtracting(own).isEmpty {
    parts.append("\(text(foreign.subtracting(own))) in '\(other.modality)' alone")
  }
  if parts.isEmpty { parts.append("they come in another order") }
  return "its classes, \(one.classes.count), are not the \(other.classes.count) of "
    + "\(other.store.path): \(parts.joined(separator: "; "))"
}
