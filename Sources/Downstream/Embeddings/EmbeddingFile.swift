import Digests
import Files
import Foundation
import HDF5
import Jobs

/// Features of samples after one round: `embeddings/round-000010.h5` of a run's folder, sealed.
///
/// ```
/// @round @model (SHA-256) @split @features (encoder | projection) @spec (JSON) @samples (SHA-256)
/// @names (SHA-256)
/// /features Float32 [N, D]   /label Int32 [N]   /row Int64 [N], in its split
/// /data, /modality, /class   texts [N]
/// /name                      texts [N], empty where a store has no names; none where all have none
/// ```
public struct EmbeddingFile {
  public static let format = FileFormat("motet embeddings", version: 1)

  /// What the file is of: the same content has the same.
  struct Identity: Equatable {
    var round: Int
    var model: String
    var split: String
    var features: String
    var spec: String
    /// What tells the samples from any others.
    var samples: String
    /// The samples' names, as a digest; empty where they have none.
    var names: String
  }

  public let path: String
  public let round: Int
  /// N and D.
  public let count: Int
  public let dimension: Int
  /// Whether it was written just now.
  public let isNew: Bool

  static func path(in run: String, round: Int) -> String {
    "\(folder(of: run))/round-\(padded(round, to: 6)).h5"
  }

  static func folder(of run: String) -> String { "\(run)/embeddings" }

  /// Whether a run has a file of a round with these samples and features.
  public static func isThere(in run: String, round: Int, _ options: EmbeddingOptions) -> Bool {
    guard let file = try? HDF5File.open(path(in: run, round: round)) else { return false }
    return (try? file.textAttribute("spec")) == options.spec
  }

  /// The file that is there, if it is this; nil where there is none. Throws where it is another.
  static func existing(_ path: String, _ identity: Identity) throws -> EmbeddingFile? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try HDF5File.openSealed(path, as: format)
    let found = Identity(
      round: Int(try file.intAttribute("round")), model: try file.textAttribute("model"),
      split: try file.textAttribute("split"), features: try file.textAttribute("features"),
      spec: try file.textAttribute("spec"), samples: try file.textAttribute("samples"),
      names: try file.hasAttribute("names") ? file.textAttribute("names") : "")
    guard found == identity else {
      let differences = [
        (found.model != identity.model, "another model"), (found.spec != identity.spec, found.spec),
        (found.samples != identity.samples, "other samples"),
      ]
      let other =
        differences.first(where: \.0)?.1 ?? "the same samples under other names, or none"
      throw JobError(
        path: path, message: "has embeddings of \(other); remove it to write these")
    }
    let shape = try file.shape("/features")
    guard shape.count == 2 else {
      throw FileFormatError(path: path, message: "/features has the shape \(shape)")
    }
    return EmbeddingFile(
      path: path, round: identity.round, count: shape[0], dimension: shape[1], isNew: false)
  }

  /// Writes the file so that it is there whole or not at all.
  /// - Parameter features: [samples, dimension] of each split, in their order.
  static func save(
    _ path: String, _ identity: Identity, _ splits: [EvaluatedSplit], features: [[Float]]
  ) throws -> EmbeddingFile {
    let count = splits.reduce(0) { $0 + $1.rows.count }
    let dimension = features.reduce(0) { $0 + $1.count } / count
    try HDF5File.saveSealed(path) { file in
      try format.stamp(file)
      for (name, value) in try Provenance.attributes() { try file.setAttribute(name, value) }
      try file.setAttribute("round", Int64(identity.round))
      try file.setAttribute("model", identity.model)
      try file.setAttribute("split", identity.split)
      try file.setAttribute("features", identity.features)
      try file.setAttribute("spec", identity.spec)
      try file.setAttribute("samples", identity.samples)
      if !identity.names.isEmpty { try file.setAttribute("names", identity.names) }
      try file.write("/features", features.flatMap { $0 }, shape: [count, dimension])
      try file.write("/label", splits.flatMap(\.labels))
      try file.write("/row", splits.flatMap { $0.rows.map { Int64($0) } })
      func texts(_ text: (EvaluatedSplit) -> String) -> [String] {
        splits.flatMap { [String](repeating: text($0), count: $0.rows.count) }
      }
      try file.write("/data", texts: texts(\.name))
      try file.write("/modality", texts: texts(\.modality))
      try file.write("/class", texts: splits.flatMap(\.classNames))
      if !identity.names.isEmpty { try file.write("/name", texts: splits.sampleNames) }
    }
    return EmbeddingFile(
      path: path, round: identity.round, count: count, dimension: dimension, isNew: true)
  }
}

extension [EvaluatedSplit] {
  /// What all samples are called, split by split; empty texts for those of stores without names.
  fileprivate var sampleNames: [String] {
    flatMap { split in split.sampleNames ?? [String](repeating: "", count: split.rows.count) }
  }

  /// A digest of the samples' names; empty where no store has any.
  var namesDigest: String {
    let names = sampleNames
    // No name has a zero.
    return names.allSatisfy(\.isEmpty) ? "" : SHA256.hex(of: names.joined(separator: "\u{0}"))
  }
}
