import Catalogues
import Datasets
import Foundation
import Inspection
import Jobs
import Media
import Sweeps

/// What a report shows of the data of runs: samples of each store, and which client has which
/// classes. Of data that are not where the jobs say it shows nothing.
struct ReportPictures {
  /// Of more cuts of the data than these one is shown of each kind: seeds differ in little.
  private static let mostCuts = 4
  private static let mostNames = 8

  /// Clients of some runs.
  private struct Cut {
    let shards: String
    /// All that a cut depends on but its seed: the jobs' clients and stores.
    let kind: String
    /// What people call the runs.
    var runs: [String]
  }

  private var stores: [String] = []
  private var cuts: [Cut] = []

  /// - Parameter paths: folders of runs or sweeps, or of several of them, and files of jobs or
  ///   sweeps.
  init(of paths: [String]) throws {
    for path in paths {
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      if !exists || isFolder.boolValue {
        try add(folder: path)
      } else if Sweep.isSweep(path) {
        let sweep = try Sweep.load(path)
        try add(folder: sweep.folder, sweeps: false)
        add(stores: sweep)
      } else {
        let job = try Job.load(path)
        for store in job.data.values.sorted() { add(store: store) }
        add(shards: job.shards, of: job.resolved)
      }
    }
  }

  /// - Parameter sweeps: whether the stores of sweeps are looked up in their files.
  private mutating func add(folder: String, sweeps: Bool = true) throws {
    var files: Set<String> = []
    for run in try RunSource.find([folder], warn: { _ in }, unreadable: { _ in }) {
      let results = RunFolder(run.path).resultsFile
      guard let json = run.cell?.job ?? (try? Results(reading: results))?.job,
        let job = try? Tree(json: json)
      else { continue }
      if sweeps, run.cell != nil {
        let parent = URL(fileURLWithPath: run.path).deletingLastPathComponent().path
        if let file = (try? SweepManifest.read(in: parent))?.file, files.insert(file).inserted,
          let sweep = try? Sweep.load(file)
        {
          add(stores: sweep)
        }
      }
      let place = Self.place(of: job, run: run.path)
      if let shards = job["shards"]?.text, shards.hasPrefix("/") || place != nil {
        add(shards: Job.absolute(shards, beside: place ?? "/"), of: job)
      }
      if let place, run.cell == nil, let data = job["data"]?.mapping {
        for (_, store) in data.sorted {
          if let store = store.text { add(store: Job.absolute(store, beside: place)) }
        }
      }
    }
  }

  /// A path in the folder of the job file of a run, to which its job's paths are relative: told by
  /// where the run lies. Nil where the job gives its results an absolute path, or a run was moved.
  private static func place(of job: Tree, run: String) -> String? {
    guard let results = job["results"]?.text, !results.hasPrefix("/") else { return nil }
    // Where results lie beside the job's folder, that may have any name.
    let unknown = String(repeating: "/_", count: results.split(separator: "/").count { $0 == ".." })
    var folder = URL(fileURLWithPath: run)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let place = "\(folder.path)\(unknown)/job"
      if Job.absolute(results, beside: place) == run { return place }
    }
    return nil
  }

  private mutating func add(stores sweep: Sweep) {
    for store in Set(sweep.cells.flatMap(\.job.data.values)).sorted() { add(store: store) }
  }

  private mutating func add(store: String) {
    if !stores.contains(store) { stores.append(store) }
  }

  private mutating func add(shards: String, of job: Tree) {
    let name = job["name"]?.text ?? ""
    if let known = cuts.firstIndex(where: { $0.shards == shards }) {
      cuts[known].runs.append(name)
    } else {
      let kind = (["clients": job["clients"] ?? [:], "data": job["data"] ?? [:]] as Tree).json
      cuts.append(Cut(shards: shards, kind: kind, runs: [name]))
    }
  }

  /// Draws what there is into files of a folder.
  func draw(into folder: String) throws -> [(title: String, path: String)] {
    var found: [(title: String, path: String)] = []
    func add(_ title: String, _ picture: Picture) throws {
      let file = "\(folder)/\(found.count).png"
      try picture.writePNG(file)
      found.append((title, file))
    }
    for store in stores {
      guard let opened = try? SampleStore.open(store), opened.outline == nil,
        let sheet = try? ContactSheet(columns: 10, rows: 6).draw(opened, split: "train")
      else { continue }
      try add("Samples of \(URL(fileURLWithPath: store).lastPathComponent)", sheet)
    }
    for cut in shown {
      guard let shards = try? ShardReader.open(cut.shards), let map = try? HeatMap(shards) else {
        continue
      }
      let more = cut.runs.count - Self.mostNames
      let names =
        cut.runs.prefix(Self.mostNames).joined(separator: ", ")
        + (more > 0 ? " and \(counted(more, "other run"))" : "")
      let alike = cuts.count { $0.kind == cut.kind }
      try add(
        "Clients and classes of \(names)"
          + (alike > 1 && shown.count < cuts.count ? ", the first of \(alike) such cuts" : ""),
        map.draw())
    }
    return found
  }

  /// The cuts that are drawn.
  private var shown: [Cut] {
    guard cuts.count > Self.mostCuts else { return cuts }
    var kinds: Set<String> = []
    return Array(cuts.filter { kinds.insert($0.kind).inserted }.prefix(Self.mostCuts))
  }
}
