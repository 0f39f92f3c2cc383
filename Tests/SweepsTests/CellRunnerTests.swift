import Checkpoints
import Files
import Foundation
import HDF5
import Machines
import TestSupport
import Testing

@testable import Sweeps

/// Who waits for whom, and which locks are held meanwhile. A script stands for Motet: as a training
/// it leaves the files of a finished run, as an evaluation it notes which locks are free.
@Suite(.serialized) final class CellRunnerTests {
  let folder = TemporaryFolder()
  let sweep: Sweep
  let (a, b): (SweepCell, SweepCell)
  var notes: [String] = []

  /// Two cells, each the other's partner.
  init() throws {
    folder.write("base.yaml", "data: { image: i.h5 }\nfederation: { rounds: 1 }\n")
    sweep = try Sweep.load(
      folder.write(
        "s.yaml",
        """
        base: base.yaml
        sweep: { zip: [{ training.rate: [0.1, 0.2], label.x: [a, b] }] }
        evaluations:
          - { name: joined, data: p.h5, cells: { label.x: a }, with: { label.x: b } }
          - { name: joined, data: p.h5, cells: { label.x: b }, with: { label.x: a } }
        """))
    (a, b) = (sweep.cells[0], sweep.cells[1])
    for path in [a.job.shards, b.job.shards] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    for cell in [a, b] {
      folder.write("finished-\(cell.id)/results.h5", "")
      let finished = CheckpointFolder(folder.path("finished-\(cell.id)"))
      try HDF5File.saveSealed(finished.file(round: 1)) {
        try $0.setAttribute("job", cell.job.resolved.json)
      }
    }
    // As a launcher it is told PROGRAM run SWEEP --cell ID, or PROGRAM evaluate RUN --file SWEEP
    // --cell ID and more.
    folder.write(
      "motet.sh",
      """
      if [ "$2" = evaluate ]; then
        echo "$7" >> \(folder.path("evaluated"))
        cd \(sweep.folder)/.locks
        for lock in *; do flock -n "$lock" echo "$lock" >> \(folder.path("free")); done
        exit 0
      fi
      if [ -e \(folder.path("fails")) ]; then echo "motet: no luck" >&2; exit 3; fi
      echo "$5" >> \(folder.path("trained"))
      case "$5" in
        \(a.id)) to=\(a.folder) ;;
        \(b.id)) to=\(b.folder) ;;
      esac
      mkdir -p "$to"
      cp \(folder.path("finished"))-"$5"/* "$to"
      """)
  }

  /// - Parameter whileNoting: called with each note: while the runner is about to wait, say.
  func run(
    _ cell: SweepCell, waits: Bool = true, of sweep: Sweep? = nil,
    whileNoting: @escaping (String) throws -> Void = { _ in }
  ) throws -> CellRunner.Outcome {
    let runner = CellRunner(
      sweep ?? self.sweep, launcher: ["sh", folder.path("motet.sh")], executable: "motet",
      note: { [unowned self] note in
        notes.append(note)
        do { try whileNoting(note) } catch { Issue.record(error) }
      })
    return try runner.run(cell, waits: waits)
  }

  func lock(_ name: String) throws -> FileLock? { try FileLock("\(sweep.folder)/.locks/\(name)") }

  func isFree(_ name: String) throws -> Bool { try lock(name) != nil }

  /// The ids of the runs that were trained here, in order.
  var trained: [String] { lines("trained") }
  /// The ids of the cells that were evaluated here, in order.
  var evaluated: [String] { lines("evaluated") }
  /// The names of the locks that were free in the last evaluation, or one before.
  var free: [String] { lines("free") }

  private func lines(_ name: String) -> [String] {
    ((try? String(contentsOfFile: folder.path(name), encoding: .utf8)) ?? "")
      .split(separator: "\n").map(String.init)
  }

  func makeFinished(_ cell: SweepCell) throws {
    try FileManager.default.copyItem(
      atPath: folder.path("finished-\(cell.id)"), toPath: cell.folder)
  }

  @Test func aPartnerIsTrainedFirstAndOnce() throws {
    #expect(try run(a) == .finished)
    #expect(trained == [a.id, b.id] && evaluated == [a.id])
    // While a cell is evaluated, whoever wants to train may.
    #expect(Set(free).isSuperset(of: [a, b].map { "run-\($0.id)" }))
    #expect(notes == ["cell 1: needs the run of cell 2, \(b.id)"])
    #expect(try run(b) == .finished)
    #expect(trained == [a.id, b.id] && evaluated == [a.id, b.id])
    #expect(try run(b) == .wasFinished)
  }

  /// A cell has one process, at whatever it is.
  @Test func aCellThatSomebodyIsAtIsLeft() throws {
    let other = try lock("cell-\(a.id)")
    #expect(try run(a, waits: true) == .busy)
    #expect(trained.isEmpty)
    withExtendedLifetime(other) {}
  }

  /// A run that somebody trains for another cell's sake is waited for, or left where others are to
  /// do.
  @Test func aRunThatSomebodyTrainsIsWaitedFor() throws {
    try makeFinished(b)
    var other = try lock("run-\(a.id)")
    #expect(try run(a, waits: false) == .busy && trained.isEmpty)
    let outcome = try run(a) { note in
      #expect(note == "cell 1: waiting for its run, which another process trains")
      try self.makeFinished(self.a)
      other = nil
    }
    #expect(outcome == .finished && trained.isEmpty && evaluated == [a.id])
    withExtendedLifetime(other) {}
  }

  /// Two cells that need one another: who waits for a partner keeps nobody from its own run.
  @Test func whoWaitsForAPartnerHoldsNoRun() throws {
    var other = try lock("run-\(b.id)")
    let outcome = try run(a, waits: false) { note in
      guard note.contains("waiting") else { return }
      #expect(note == "cell 2: waiting for its run, which another process trains")
      let isFree = try self.isFree("run-\(self.a.id)")
      #expect(isFree)
      #expect(self.sweep.isTrained(self.a))
      // Whoever trained it gave up: then it is trained here.
      other = nil
    }
    #expect(outcome == .finished && trained == [a.id, b.id])
    withExtendedLifetime(other) {}
  }

  @Test func aSignalEndsTheWait() throws {
    StopSignal.install()
    defer {
      StopSignal.install()
      for number in [SIGTERM, SIGUSR1] { signal(number, SIG_DFL) }
    }
    let other = try lock("run-\(b.id)")
    let outcome = try run(a) { note in
      if note.contains("waiting") { raise(SIGUSR1) }
    }
    #expect(outcome == .stopped && evaluated.isEmpty)
    withExtendedLifetime(other) {}
  }

  @Test func aPartnerThatFailsIsNamed() throws {
    try makeFinished(a)
    folder.write("fails", "")
    let message = "evaluate: its partner, cell 2: run: no luck"
    #expect(try run(a) == .failed(message))
    #expect(sweep.state(of: a) == .failed(message))
    #expect(sweep.state(of: b) == .failed("run: no luck"))
    try FileManager.default.removeItem(atPath: folder.path("fails"))
    #expect(try run(a) == .finished)
    #expect(sweep.state(of: b) == .trained(next: .evaluate))
  }

  /// One byte of the last checkpoint, anywhere, and the cell is no longer finished: it is submitted
  /// again, and trained again.
  @Test(arguments: [0, 40, -79, -78, -1]) func aDamagedCheckpointIsNotFinished(place: Int) throws {
    #expect(try run(a) == .finished)
    #expect(sweep.state(of: a) == .finished)
    let path = CheckpointFolder(a.folder).file(round: 1)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var changed = whole
    changed[place < 0 ? whole.count + place : place] ^= 1
    for damaged in [changed, whole.dropLast(), whole.prefix(9), Data()] {
      try damaged.write(to: URL(fileURLWithPath: path))
      #expect(sweep.state(of: a) == .damaged)
    }
    #expect(try run(a) == .finished)
    #expect(sweep.state(of: a) == .finished && trained.count { $0 == a.id } == 2)
  }

  /// Two sweeps that share a run do not measure it at once.
  @Test func aRunInUseByTwoSweepsIsFollowedByOneAtATime() throws {
    try SweepManifest(sweep).write(in: sweep.folder)
    try makeFinished(a)
    try makeFinished(b)
    let other = try Sweep.load(
      folder.write(
        "t.yaml",
        """
        base: base.yaml
        sweep: { zip: [{ training.rate: [0.2], label.y: [c] }] }
        reuse: [runs/s]
        evaluations: [{ name: knn, data: i.h5 }]
        """))
    let shared = "follow-\(URL(fileURLWithPath: b.folder).lastPathComponent)"
    withExtendedLifetime(try lock(shared)) {}
    #expect(try run(other.cells[0], of: other) == .finished)
    #expect(trained.isEmpty && evaluated == [b.id] && !free.contains(shared))
    #expect(notes == ["cell 1: uses \(b.folder)"])
    #expect(try isFree(shared))
  }
}
