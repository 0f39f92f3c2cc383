import Catalogues
import Datasets
import Jobs
import Views

/// Which samples a geometry is of: all modalities of a store, and those that it lacks of another.
/// Where the split has pairs, and there is no other store, they are the samples of the pairs.
public struct GeometrySamples: SharedOptions, Equatable {
  public static let meanings = [
    "data": "a sample store, of two modalities or more",
    "other_data": "a store of the modalities that the first one lacks",
    "test": "name of the split to be measured on",
    "limit": "samples of each modality (or pairs), at random; 0 are all",
    "seed": "of this choice, of the halves and of training views",
  ]
  public static let fileOptions = ["data", "other_data"]
  /// Each half has two of them, so that they can differ.
  private static let fewest = 4

  /// A sample store.
  public var data = ""
  /// A store of the modalities that the first one lacks; none where empty.
  public var otherData = ""
  /// Name of the split.
  public var test = "test"
  /// Samples of each modality at most, or pairs; all where 0.
  public var limit = 0
  public var seed: UInt64 = 1

  enum CodingKeys: String, CodingKey {
    case data, test, limit, seed
    case otherData = "other_data"
  }

  public init() {}

  /// Rows of one modality.
  struct Chosen {
    let store: SampleStore
    let modality: String
    let rows: [Int]
  }

  func validate() throws {
    try ConfigurationError.require(!data.isEmpty, "data", "missing; give a sample store")
    try ConfigurationError.require(
      limit == 0 || limit >= Self.fewest, "limit",
      "\(limit) is below \(Self.fewest), the fewest samples; 0 are all")
  }

  /// Of each modality, in the order of their catalogue, and whether the i-th of all belong
  /// together. Throws where there are not two modalities.
  func chosen() throws -> (sets: [Chosen], arePaired: Bool) {
    let store = try SampleStore.open(data)
    let arePaired = otherData.isEmpty && store.pairedSplits.contains(test)
    let sets = arePaired ? try ofPairs(store) : try ofStores(store)
    let names = sets.map(\.modality)
    guard sets.count > 1 else {
      throw StoreError(
        store.path,
        "has no modality but \(names.first ?? "those unknown here") in split '\(test)', and "
          + "geometry compares modalities; give a store of another with other_data")
    }
    for set in sets where set.rows.count < Self.fewest {
      throw StoreError(
        set.store.path,
        "has \(counted(set.rows.count, "sample")) of \(set.modality) in split '\(test)'; geometry "
          + "needs \(Self.fewest) or more")
    }
    return (sets, arePaired)
  }

  private func ofPairs(_ store: SampleStore) throws -> [Chosen] {
    let pairs = try store.pairs(split: test)
    let places = rows(of: pairs.count)
    return modalities.names.compactMap { name in
      pairs.rows[name].map { rows in
        Chosen(store: store, modality: name, rows: places.map { rows[$0] })
      }
    }
  }

  private func ofStores(_ store: SampleStore) throws -> [Chosen] {
    var owners: [String: SampleStore] = [:]
    for name in try store.modalities(ofSplit: test) { owners[name] = store }
    if !otherData.isEmpty {
      let other = try SampleStore.open(otherData)
      let names = try other.modalities(ofSplit: test)
      let added = names.filter { owners[$0] == nil }
      guard !added.isEmpty else {
        throw StoreError(
          other.path,
          "has \(names.joined(separator: " and ")), as \(store.path) has, and nothing else; give "
            + "a store of another modality")
      }
      for name in added { owners[name] = other }
    }
    return modalities.names.compactMap { name in
      owners[name].map { owner in
        Chosen(store: owner, modality: name, rows: rows(of: owner.count(name, test)))
      }
    }
  }

  private func rows(of count: Int) -> [Int] {
    // Streams 0 to 2 are the monitor's and those of embeddings.
    Job.someRows(limit, of: count, seed: seed, stream: 3)
  }
}
