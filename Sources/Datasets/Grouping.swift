import Catalogues
import Digests
import HDF5

/// Which of some named groups each sample is of: the speaker of a sound, the place of a picture.
///
/// In a file it lies beside the labels, where the data's makers say it:
/// ```
/// group        Int32 [N], indices into the names
/// group_names  texts
/// ```
public struct Grouping: Sendable, Equatable {
  /// The names of the groups, in the order in which their first samples come.
  public let names: [String]
  /// Each sample's group, an index into the names.
  public let indices: [Int32]

  /// - Parameter groups: the name of each sample's group.
  public init(_ groups: some Sequence<String>) {
    var places: [String: Int32] = [:]
    var names: [String] = []
    indices = groups.map { name in
      if let place = places[name] { return place }
      let place = Int32(names.count)
      places[name] = place
      names.append(name)
      return place
    }
    self.names = names
  }

  /// The name of a sample's group.
  public subscript(sample: Int) -> String { names[Int(indices[sample])] }

  /// Samples of each group.
  public var counts: [Int] {
    indices.reduce(into: [Int](repeating: 0, count: names.count)) { $0[Int($1)] += 1 }
  }

  /// SHA-256 of the name of every sample's group.
  var digest: String {
    let hash = SHA256()
    hash.update("motet groups\n\(names.joined(separator: "\u{0}"))\n")
    indices.withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }

  /// The groups of the samples in a group of a file; nil where it has none. Throws where they do
  /// not fit the samples.
  init?(_ file: HDF5File, _ place: String, samples: Int) throws {
    guard try file.contains("\(place)/group") else { return nil }
    names = try file.texts("\(place)/group_names")
    indices = try file.read("\(place)/group")
    func wrong(_ message: String) -> StoreError { StoreError(file.path, "\(place): \(message)") }
    guard indices.count == samples else {
      throw wrong(
        "\(counted(indices.count, "group")) for \(counted(samples, "sample")); import the data again"
      )
    }
    guard names.allSatisfy({ !$0.isEmpty }), Set(names).count == names.count else {
      throw wrong("group names must be there, and differ; import the data again")
    }
    if let row = indices.firstIndex(where: { !names.indices.contains(Int($0)) }) {
      throw wrong(
        "group \(indices[row]) of sample \(row) is out of range: \(counted(names.count, "group")); "
          + "import the data again")
    }
  }

  func write(_ file: HDF5File, _ place: String, level: Int = 0) throws {
    try file.write("\(place)/group", indices, level: level)
    try file.write("\(place)/group_names", texts: names)
  }
}
