import ArgumentParser
import Catalogues
import Datasets
import Files
import Foundation
import Gathering
import Inspection
import Jobs
import Machines
import Media
import Sweeps

/// Runs as one page, made by the Python package.
struct ReportCommand: StoppableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make one HTML page of runs: curves, tables, paired differences, embeddings.",
    discussion: """
      Gathers them first; runs may be unfinished, and belong to no sweep. A job or sweep file in the \
      place of a folder adds its data: contact sheets, and which client has which classes. Needs \
      Python with h5py, matplotlib, pandas, scipy and scikit-learn. The page needs no other file.
      """)

  /// Of more cuts of the data than these there are no pictures: seeds differ in little else.
  private static let mostCuts = 4

  @Argument(
    help: ArgumentHelp("Folders of runs or sweeps, or job or sweep files.", valueName: "path"))
  var paths: [String]
  @Option(help: ArgumentHelp("The page to write.", valueName: "html"))
  var to: String

  func run() throws {
    guard to.hasSuffix(".html") else {
      throw ValidationError("--to \(to): the name of the page has to end with .html")
    }
    let python = try AnalysisPackage.command(
      needs: ["h5py", "matplotlib", "pandas", "scipy", "sklearn:scikit-learn"], for: "motet report")
    let work = try Self.workFolder()
    defer { try? FileSystem.remove(work) }
    let folders = try paths.map { try RunSource.folder(of: $0) }
    let title = folders.count == 1 ? URL(fileURLWithPath: folders[0]).lastPathComponent : "runs"
    let gathered = "\(work)/\(title).h5"
    let summary = try Gather.gather(
      folders, to: gathered, embeddings: true, warn: Console.complain)
    summary.damaged.forEach(Console.complain)
    var pictures: [(title: String, path: String)] = []
    for path in paths { try addPictures(of: path, to: &pictures, in: work) }
    let end = try ChildProcess.run(
      python + ["report", gathered, "--to", to]
        + pictures.flatMap { ["--picture", "\($0.title)=\($0.path)"] })
    if end.status != 0 { throw ExitCode(end.status) }
  }

  /// A folder that nobody else has.
  private static func workFolder() throws -> String {
    let parent = FileManager.default.temporaryDirectory.path
    var name = Array("\(parent)/motet-report-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else {
      throw JobError(
        path: parent, message: "no folder can be made here: \(String(cString: strerror(errno)))")
    }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What a job or sweep file says of its data, drawn: nothing for a folder, and of data that are
  /// not here.
  private func addPictures(
    of path: String, to found: inout [(title: String, path: String)], in folder: String
  ) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
    else { return }
    let jobs =
      Sweep.isSweep(path) ? try Sweep.load(path).cells.map(\.job) : [try Job.load(path)]
    func add(_ title: String, _ picture: Picture) throws {
      let file = "\(folder)/\(found.count).png"
      try picture.writePNG(file)
      found.append((title, file))
    }
    let name = URL(fileURLWithPath: path).lastPathComponent
    for store in Set(jobs.flatMap(\.data.values)).sorted() {
      guard let opened = try? SampleStore.open(store), opened.outline == nil,
        let sheet = try? ContactSheet(columns: 10, rows: 6).draw(opened, split: "train")
      else { continue }
      try add("Samples of \(URL(fileURLWithPath: store).lastPathComponent), \(name)", sheet)
    }
    let cuts = Set(jobs.map(\.shards)).sorted()
    guard cuts.count <= Self.mostCuts else { return }
    for cut in cuts {
      guard let shards = try? ShardReader.open(cut), let map = try? HeatMap(shards) else {
        continue
      }
      let own = cuts.count > 1 ? " in \(URL(fileURLWithPath: cut).lastPathComponent)" : ""
      try add("Clients and classes\(own), \(name)", map.draw())
    }
  }
}
