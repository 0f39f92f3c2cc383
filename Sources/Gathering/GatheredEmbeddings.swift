import Downstream
import Files
import HDF5

/// Embedding files of runs, copied into a gathered file.
enum GatheredEmbeddings {
  /// The round of an embedding file, after comparing its checksum.
  static func round(_ path: String) throws -> Int64 {
    let file = try HDF5File.openSealed(path, as: EmbeddingFile.format)
    return try file.intAttribute("round")
  }

  /// Copies a file that `round` has read into `/embeddings/RUN/ROUND`.
  static func copy(_ path: String, run: String, to target: HDF5File) throws {
    let file = try HDF5File.open(path)
    let group = "/embeddings/\(run)/\(try file.intAttribute("round"))"
    try target.makeGroup(group)
    let shape = try file.shape("/features")
    try target.write("\(group)/features", try file.read("/features") as [Float], shape: shape)
    try target.write("\(group)/label", try file.read("/label") as [Int32])
    try target.write("\(group)/row", try file.read("/row") as [Int64])
    // Those of an older Motet have neither classes nor names.
    for name in ["data", "modality", "class", "name"] where try file.contains("/\(name)") {
      try target.write("\(group)/\(name)", texts: try file.texts("/\(name)"))
    }
    for name in ["model", "split", "features", "spec"] where try file.hasAttribute(name) {
      try target.setAttribute(name, try file.textAttribute(name), on: group)
    }
  }
}
