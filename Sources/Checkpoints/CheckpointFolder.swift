import Files
import Foundation
import HDF5

/// A run's checkpoints: `checkpoint-000012.h5` and the one before it, and those that are to stay.
public struct CheckpointFolder: Sendable {
  /// How many are kept: the newest may turn out damaged.
  public static let kept = 2

  public let path: String

  public init(_ path: String) { self.path = path }

  public func file(round: Int) -> String {
    "\(path)/checkpoint-\(padded(round, to: 6)).h5"
  }

  /// The rounds of the checkpoints, newest first.
  public func rounds() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap(Self.round).sorted(by: >)
  }

  /// The round of the checkpoint that a file of this name is; nil where it is none.
  public static func round(of name: String) -> Int? {
    guard name.hasPrefix("checkpoint-"), name.hasSuffix(".h5") else { return nil }
    return Int(name.dropFirst("checkpoint-".count).dropLast(".h5".count))
  }

  /// Writes a checkpoint, then removes all but the last, and what clients kept for them alone.
  /// - Parameter keep: rounds whose checkpoints stay.
  public func save(_ checkpoint: Checkpoint, keep: [Int] = []) throws {
    try checkpoint.save(file(round: checkpoint.round))
    let older = rounds().filter { $0 <= checkpoint.round }.dropFirst(Self.kept)
    for old in older where !keep.contains(old) {
      try FileSystem.remove(file(round: old))
    }
    guard !checkpoint.kept.isEmpty else { return }
    try clientStates.prune(checkpoints: rounds().filter { $0 <= checkpoint.round })
  }

  /// What clients keep between rounds, in step with the checkpoints.
  public var clientStates: ClientStates { ClientStates("\(path)/clients") }

  /// The newest checkpoint that is whole, nil where there is none. Each damaged one is named to
  /// `warn`. Throws where there are checkpoints and all of them are damaged.
  /// - Parameter goesOn: whether a run is to go on from it, so that what clients kept must be there
  ///   as well: of an older checkpoint it may be, and the run comes to the same bits from there.
  public func newest(goesOn: Bool = false, warn: (String) -> Void) throws -> Checkpoint? {
    let rounds = rounds()
    var failures: [any Error] = []
    func tell() {
      for (index, error) in failures.enumerated() {
        // What is gone on from needs no mend.
        let line = (error as? ClientStateError)?.line ?? "\(error)"
        let next = index + 1 < rounds.count ? rounds[index + 1] : nil
        warn("\(line); \(next.map { "going on from round \($0)" } ?? "no other is left")")
      }
    }
    for round in rounds {
      do {
        let checkpoint = try load(round: round)
        if goesOn { try clientStates.verify(checkpoint.kept) }
        tell()
        return checkpoint
      } catch let error as HDF5Error where error.isOutOfMemory || error.isRefused {
        // It is not damaged: who may not read it, or has too little memory, wants to know.
        throw error
      } catch let error as FileError where error.isOfSystem {
        throw error
      } catch { failures.append(error) }
    }
    guard let first = rounds.first else { return nil }
    // Checkpoints are whole, and what clients kept for them is not: that is what can be mended.
    if let lost = failures[0] as? ClientStateError { throw lost }
    tell()
    throw DamagedCheckpoints(path: file(round: first), count: rounds.count)
  }

  /// The checkpoint of a round. Throws where it cannot be read, or is another round's.
  public func load(round: Int) throws -> Checkpoint {
    let checkpoint = try Checkpoint.load(file(round: round))
    guard checkpoint.round == round else {
      throw FileFormatError(
        path: file(round: round),
        message: "is of round \(checkpoint.round); give it its name back, or remove it")
    }
    return checkpoint
  }

  /// Removes what a killed run left half-written. No other run may be writing here.
  public func removeUnfinished() {
    for folder in [path, clientStates.path] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names where name.hasPrefix(".") && name.contains(".h5.tmp-") {
        try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
    }
  }
}

/// None of a run's checkpoints can be read.
public struct DamagedCheckpoints: Error, CustomStringConvertible {
  public let path: String
  public let count: Int

  public var description: String {
    (count == 1
      ? "\(path): cannot be gone on from, and there is no other checkpoint"
      : "\(path): cannot be gone on from, nor can any of the \(count) checkpoints")
      + "; put a copy back, or start over with --fresh"
  }
}
