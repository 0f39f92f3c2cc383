import Catalogues
import Checkpoints
import Files
import Foundation
import HDF5
import Jobs
import Sweeps

/// All that is gathered of one run.
struct GatheredRun {
  /// The run's row of `/runs`, but for what its sweep says.
  var row: [String: Table.Value]
  var rounds = Table()
  var monitor = Table()
  var evaluations = Table()
  /// The files that were read.
  var sources: Table
  /// Files that could not be: `file` and `message`.
  var damaged = Table()
  /// Its job's id; one of its path where nothing says which job it is.
  var id = ""

  /// Reads a run's folder. What cannot be read becomes a row of `damaged`.
  /// - Parameter warn: told of figures whose checksum another program has cut off.
  init(
    _ folder: String, _ cell: SweepManifest.Cell?, _ files: [SourceFile],
    warn: (String) -> Void
  ) throws {
    sources = SourceFile.table(files)
    row = [:]
    var damages: [[String: Table.Value]] = []
    /// Nil where `body` throws; a file that has gone meanwhile is no damage.
    func reading<Result>(_ name: String, _ body: (String) throws -> Result) throws -> Result? {
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      do { return try body(path) } catch let error as HDF5Error where error.isOutOfMemory {
        throw error
      } catch {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        damages.append(["file": .text(name), "message": .text("\(error)")])
        return nil
      }
    }

    let checkpoints = files.map(\.name).filter { $0.hasPrefix("checkpoint-") }
    // All of them, so that a damaged one is named whichever it is; the newest whole one counts.
    let heads = try checkpoints.reversed().compactMap { try reading($0) { try CheckpointHead($0) } }
    let newest = CheckpointFolder(folder).rounds().first ?? 0
    let results = try reading("results.h5") { try ResultsTables($0, completed: newest, warn: warn) }
    rounds = results?.rounds ?? Table()
    monitor = results?.monitor ?? Table()
    let evaluations = files.map(\.name).filter { $0.hasPrefix("evaluations/") }
    self.evaluations = Table(
      joining: try evaluations.compactMap { name in
        try reading(name) { try EvaluationTable.read($0, name: name, warn: warn) }
      })
    for name in files.map(\.name) where name.hasPrefix("embeddings/") {
      _ = try reading(name) { try GatheredEmbeddings.round($0) }
    }
    damaged = Table(rows: damages)

    let job = results?.job ?? heads.first?.job ?? cell?.job ?? "{}"
    let tree = (try? Tree(json: job)) ?? [:]
    id = tree.keys.isEmpty ? cell?.id ?? (["path": .text(folder)] as Tree).digest : jobID(tree)
    row = filled(tree).leaves.reduce(into: [:]) { $0["set.\($1.key)"] = Table.Value($1.value) }
    let total = tree[path: "federation.rounds"]?.whole ?? -1
    let completed = heads.first?.round ?? 0
    let failure = RunFailure.read(in: folder)
    let isFinished = heads.first.map { $0.round == total } ?? false
    row["name"] = .text(tree["name"]?.text ?? "")
    row["state"] = .text(isFinished ? "finished" : failure == nil ? "unfinished" : "failed")
    row["failure"] = .text(failure.map { "\($0.stage): \($0.message)" } ?? "")
    row["completed"] = .whole(Int64(completed))
    row["rounds"] = .whole(Int64(total))
    row["model"] = .text(heads.first?.model ?? "")
    row["motet"] = .text(results?.motet ?? "")
    row["build"] = .text(results?.build ?? "")
    row["host"] = .text(results?.host ?? "")
    row["instruction_set"] = .text(results?.instructionSet ?? "")
    row["fftw"] = .text(results?.fftw ?? "")
    row["ranks"] = .whole(results?.ranks ?? -1)
    row["damaged"] = .whole(Int64(damages.count))
  }

  /// What an earlier gathering has of a run.
  init(
    id: String, row: [String: Table.Value], rounds: Table, monitor: Table, evaluations: Table,
    sources: Table, damaged: Table
  ) {
    self.id = id
    self.row = row
    self.rounds = rounds
    self.monitor = monitor
    self.evaluations = evaluations
    self.sources = sources
    self.damaged = damaged
  }
}

extension Table.Value {
  /// A leaf of a resolved job.
  fileprivate init(_ leaf: Tree) {
    switch leaf {
    case .null: self = .text("")
    case .flag(let value): self = .whole(value ? 1 : 0)
    case .whole(let value): self = .real(Double(value))
    case .real(let value): self = .real(value)
    case .text(let value): self = .text(value)
    case .list, .mapping: self = .text(leaf.json)
    }
  }
}

/// What a checkpoint says of itself, without its model.
private struct CheckpointHead {
  let round: Int
  let model: String
  let job: String

  init(_ path: String) throws {
    let file = try HDF5File.openSealed(path, as: Checkpoint.format)
    round = Int(try file.intAttribute("round"))
    model = try file.textAttribute("model_sha256")
    job = try file.textAttribute("job")
  }
}

/// A run's results file as tables.
private struct ResultsTables {
  let job: String
  let motet: String
  /// Empty in files that were written before it was said.
  let build: String
  let host: String
  let instructionSet: String
  /// The build of FFTW; empty in files that were written before Motet used it.
  let fftw: String
  let ranks: Int64
  let rounds: Table
  let monitor: Table

  /// - Parameter completed: rounds after this one come again, and are left out.
  init(_ path: String, completed: Int, warn: (String) -> Void) throws {
    let file = try HDF5File.openSealed(path, as: Results.format, unsealed: warn)
    job = try file.textAttribute("job")
    motet = try file.textAttribute("motet_version")
    build = try file.hasAttribute("motet_build") ? file.textAttribute("motet_build") : ""
    host = try file.textAttribute("host")
    instructionSet = try file.textAttribute("instruction_set")
    fftw = try file.hasAttribute("fftw") ? file.textAttribute("fftw") : ""
    ranks = Int64(try file.textAttribute("ranks")) ?? -1
    let results = try Results(reading: path, completed: completed)
    rounds = Table(
      rows: results.rows.map { row in
        var columns: [String: Table.Value] = ["round": .whole(Int64(row.round))]
        for (name, count) in row.counts {
          columns[name.replacingOccurrences(of: "/", with: ".")] = .whole(Int64(count))
        }
        for (name, value) in row.reals {
          columns[name.replacingOccurrences(of: "/", with: ".")] = .real(value)
        }
        return columns
      })
    let figures = results.measurements
    monitor = Table(
      [
        "round": .wholes(figures.map { Int64($0.round) }), "data": .texts(figures.map(\.1.data)),
        "modality": .texts(figures.map(\.1.modality)),
        "accuracy": .reals(figures.map(\.1.accuracy)),
      ], count: figures.count)
  }
}
