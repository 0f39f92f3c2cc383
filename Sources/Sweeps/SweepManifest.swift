import Files
import Foundation
import Jobs

/// What the cells of a sweep's folder are, for whoever reads the folder without the sweep file:
/// `sweep.json`.
public struct SweepManifest: Codable, Equatable {
  public struct Cell: Codable, Equatable {
    public let cell: Int
    public let id: String
    /// The name of its folder.
    public let folder: String
    public let labels: [String: String]
    /// The resolved job, as JSON.
    public let job: String
  }

  static let fileName = "sweep.json"
  static let version = 1

  let version: Int
  public let name: String
  /// The sweep's file, absolute; earlier versions did not say.
  public let file: String?
  public let cells: [Cell]

  init(_ sweep: Sweep) {
    version = Self.version
    name = sweep.name
    file = URL(fileURLWithPath: sweep.path).standardizedFileURL.path
    cells = sweep.cells.map { cell in
      Cell(
        cell: cell.number, id: cell.id,
        folder: URL(fileURLWithPath: cell.folder).lastPathComponent,
        labels: Dictionary(uniqueKeysWithValues: cell.labels.map { ($0.name, $0.text) }),
        job: cell.job.resolved.json)
    }
  }

  public static func isThere(in folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(fileName)")
  }

  public static func read(in folder: String) throws -> SweepManifest {
    let path = "\(folder)/\(fileName)"
    guard let data = FileSystem.contents(path),
      let manifest = try? JSONDecoder().decode(Self.self, from: Data(data))
    else {
      throw JobError(path: path, message: "damaged; 'motet sweep run' of the sweep writes it anew")
    }
    guard manifest.version == version else {
      throw JobError(
        path: path,
        message: "of version \(manifest.version); this motet reads version \(version)")
    }
    // Its folders are read, and its labels become columns: both may be anybody's.
    for cell in manifest.cells {
      guard !["", ".", ".."].contains(cell.folder), !cell.folder.contains("/") else {
        throw JobError(
          path: path,
          message: "cell \(cell.cell): '\(cell.folder)' is no name of a folder beside it")
      }
      if let name = cell.labels.keys.first(where: { !SweepAxes.isLabelName($0) }) {
        throw JobError(path: path, message: "cell \(cell.cell): '\(name)' is no label's name")
      }
    }
    return manifest
  }

  /// Writes the file, unless it says this already: tasks of an array all come by here.
  func write(in folder: String) throws {
    if (try? Self.read(in: folder)) == self { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      try FileSystem.makeFolder(folder)
      try FileSystem.write(encoder.encode(self), to: "\(folder)/\(Self.fileName)")
    } catch let error as FileError {
      throw JobError(path: error.path, message: "\(error.message); set 'results'")
    }
  }
}
