import Catalogues
import Files
import Foundation
import HDF5
import Views

/// What an import did.
public struct ImportReport: Sendable {
  /// Messages of the damaged files that were passed over.
  public let damaged: [String]
  /// Messages of the files of other kinds, by folder.
  public let leftOut: [String]
  /// What else a person should know of the data set.
  public let remarks: [String]
  /// Samples that the makers list and that were not there.
  public let missing: [String]
  /// Samples that an interrupted import had read.
  public let continued: Int
}

/// Reads the data set in `folder` with an importer (`{name: …, options}`) and writes it as a sample
/// store, all or nothing. `modality` gives the modality of a name; it computes the statistics.
///
/// A killed import leaves a journal; the same call continues from it and writes the same bytes. So
/// does one that failed after much was read (4 MiB); before that, nothing is left behind.
public func importDataset(
  _ settings: Tree, from folder: String, to path: String, policy: ImportSink.Policy,
  modality: @escaping (String) throws -> any Modality,
  progress: @escaping (_ done: Int, _ expected: Int) -> Void
) throws -> ImportReport {
  try ConfigurationError.check("threads", policy.threads, in: 1...1_024)
  let importer = try importers.make(settings)
  let isFolder = FileSystem.isFolder(folder)
  guard isFolder || importer.takesFiles && FileManager.default.fileExists(atPath: folder) else {
    throw StoreError(folder, "there is no such folder\(importer.takesFiles ? " or file" : "")")
  }
  var resolved = try importers.resolve(settings)
  let name = resolved.take("name")?.text ?? ""
  let options = resolved.json
  let source = URL(fileURLWithPath: folder).standardizedFileURL.path
  let journal = try ImportJournal(
    of: path, identity: "\(name) \(options) limit \(policy.limit) from \(source)")
  do {
    let report = try write(path) { file in
      let writer = try SampleStoreWriter(file, modality: modality)
      let sink = ImportSink(
        from: isFolder ? folder : FileSystem.parent(of: folder), writer, journal, policy: policy,
        modality: modality, progress: progress)
      defer { sink.close() }
      try importer.run(from: folder, into: sink)
      try sink.finish()
      guard writer.hasSamples else { throw StoreError(folder, "no sample in it could be read") }
      try writer.note("importer", name)
      try writer.note("importer_options", options)
      try writer.note("limit_per_class", policy.limit)
      try writer.note("skipped_files", sink.damaged.count)
      try writer.note("missing_samples", sink.missing.count)
      if sink.leftOut.count > 0 { try writer.note("left_out_files", sink.leftOut.count) }
      try writer.finish()
      return ImportReport(
        damaged: sink.damaged, leftOut: sink.leftOut.messages, remarks: sink.remarks,
        missing: sink.missing, continued: journal.replayed)
    }
    journal.remove()
    return report
  } catch {
    guard journal.keep() else { throw error }
    throw InterruptedImport(cause: error, journal: journal.path)
  }
}

private func write(
  _ path: String, _ body: (HDF5File) throws -> ImportReport
) throws -> ImportReport {
  var report: ImportReport?
  try HDF5File.save(path) { report = try body($0) }
  return report!
}

/// An import that failed after much was read.
public struct InterruptedImport: Error, CustomStringConvertible {
  public let cause: any Error
  public let journal: String
  public var description: String {
    "\(cause); what was read before is kept in \(journal), and the same command continues there"
  }
}
