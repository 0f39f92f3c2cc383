import ArgumentParser
import Files
import Foundation
import Gathering
import Jobs
import Machines
import Sweeps

/// Runs as one page, made by the Python package.
struct ReportCommand: StoppableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make one HTML page of runs: curves, tables, paired differences, embeddings.",
    discussion: """
      Gathers them first; runs may be unfinished, and belong to no sweep. Where the data are still \
      there it shows samples of them, and which client has which classes. Needs Python with h5py, \
      matplotlib, pandas, scipy and scikit-learn. The page needs no other file.
      """)

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
    let pictures = try ReportPictures(of: paths).draw(into: work)
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
}
