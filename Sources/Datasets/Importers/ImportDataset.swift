import Catalogues
import Foundation
import HDF5
import Views

/// What an import did.
public struct ImportReport: Sendable {
  /// Messages of the damaged files that were passed over.
  public let damaged: [String]
}

/// Reads the data set in `folder` with an importer (`{name: …, options}`) and writes it as a sample
/// store, all or nothing. `modality` gives the modality of a name; it computes the statistics.
public func importDataset(
  _ settings: [String: Any], from folder: String, to path: String, policy: ImportSink.Policy,
  modality: (String) throws -> any Modality,
  progress: @escaping (_ done: Int, _ expected: Int) -> Void
) throws -> ImportReport {
  let importer = try importers.make(settings)
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
  else { throw StoreError(folder, "there is no such folder") }
  var resolved = try importers.resolve(settings)
  let name = resolved.removeValue(forKey: "name") as? String ?? ""
  let options = try JSONSerialization.data(withJSONObject: resolved, options: .sortedKeys)

  var damaged: [String] = []
  try HDF5File.save(path) { file in
    let writer = try SampleStoreWriter(file)
    let sink = ImportSink(writer, policy: policy, progress: progress)
    try importer.run(from: folder, into: sink)
    damaged = sink.damaged
    guard writer.hasSamples else { throw StoreError(folder, "no sample in it could be read") }
    try writer.note("importer", name)
    try writer.note("importer_options", String(decoding: options, as: UTF8.self))
    try writer.note("limit_per_class", policy.limit)
    try writer.note("skipped_files", damaged.count)
    try writer.finish(modality: modality)
  }
  return ImportReport(damaged: damaged)
}
