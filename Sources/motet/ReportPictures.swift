import Catalogues
import Datasets
import Foundation
import Inspection
import Jobs
import Media
import Sweeps

/// What a report shows of the data of runs: samples of each store, and which client has which
/// classes. Of data that are not here (any more) it shows nothing.
struct ReportPictures {
  /// Of more cuts of the data than these one is shown of each way to cut: seeds differ in little.
  private static let mostCuts = 4

  /// Clients of some runs.
  private struct Cut {
    let shards: String
    /// The jobs' section `clients`, and the stores: all that a cut depends on but its seed.
    let way: String
    /// The cells or runs, as people call them.
    var owners: [String]
  }

  private var stores: [String] = []
  private var cuts: [Cut] = []
  /// What is named in titles, where there are several.
  private let name: String

  /// - Parameter path: the folder of a run or sweep, or of several of them; or the file of a job or
  ///   a sweep. A folder says of its stores only what a sweep's file is there for.
  init(of path: String) throws {
    name = URL(fileURLWithPath: path).lastPathComponent
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if exists, !isFolder.boolValue, !Sweep.isSweep(path) {
      let job = try Job.load(path)
      stores = job.data.values.sorted()
      add(job.resolved, shards: job.shards, owner: job.name)
      return
    }
    let folder = try RunSource.folder(of: path)
    if exists, !isFolder.boolValue {
      stores = Self.stores(of: try Sweep.load(path))
    } else if let file = (try? SweepManifest.read(in: folder))?.file {
      stores = (try? Sweep.load(file)).map(Self.stores) ?? []
    }
    for source in try RunSource.find([folder], warn: { _ in }, unreadable: { _ in }) {
      let json =
        source.cell?.job ?? (try? Results(reading: RunFolder(source.path).resultsFile))?.job
      guard let tree = json.flatMap({ try? Tree(json: $0) }),
        let shards = tree["shards"]?.text, shards.hasPrefix("/")
      else { continue }
      add(
        tree, shards: shards,
        owner: source.cell.map { "\($0.cell)" } ?? tree["name"]?.text ?? "")
    }
  }

  private static func stores(of sweep: Sweep) -> [String] {
    Set(sweep.cells.flatMap(\.job.data.values)).sorted()
  }

  private mutating func add(_ job: Tree, shards: String, owner: String) {
    if let known = cuts.firstIndex(where: { $0.shards == shards }) {
      cuts[known].owners.append(owner)
    } else {
      let way = (["clients": job["clients"] ?? [:], "data": job["data"] ?? [:]] as Tree).json
      cuts.append(Cut(shards: shards, way: way, owners: [owner]))
    }
  }

  /// Draws what there is into files of a folder that begin with `prefix`.
  func draw(into folder: String, prefix: String) throws -> [(title: String, path: String)] {
    var found: [(title: String, path: String)] = []
    func add(_ title: String, _ picture: Picture) throws {
      let file = "\(folder)/\(prefix)-\(found.count).png"
      try picture.writePNG(file)
      found.append((title, file))
    }
    for store in stores {
      guard let opened = try? SampleStore.open(store), opened.outline == nil,
        let sheet = try? ContactSheet(columns: 10, rows: 6).draw(opened, split: "train")
      else { continue }
      try add("Samples of \(URL(fileURLWithPath: store).lastPathComponent), \(name)", sheet)
    }
    for (cut, alike) in shown {
      guard let shards = try? ShardReader.open(cut.shards), let map = try? HeatMap(shards) else {
        continue
      }
      let owners = cut.owners.prefix(8).joined(separator: ", ")
      let more = cut.owners.count > 8 ? " and \(cut.owners.count - 8) more" : ""
      let others = alike > 1 ? "; the first of \(counted(alike, "cut")) of this kind" : ""
      try add("Clients and classes, \(name): \(owners)\(more)\(others)", map.draw())
    }
    return found
  }

  /// The cuts that are drawn, each with how many there are of its way.
  private var shown: [(Cut, alike: Int)] {
    if cuts.count <= Self.mostCuts { return cuts.map { ($0, 1) } }
    var ways: Set<String> = []
    return cuts.filter { ways.insert($0.way).inserted }.prefix(Self.mostCuts).map { cut in
      (cut, cuts.count { $0.way == cut.way })
    }
  }
}
