import Files
import Foundation
import HDF5
import Tensors

/// What clients keep between their rounds: a sealed file for each client and round in which it
/// trained, `clients/client-000017-round-000012.h5` in the run's folder.
///
/// Any rank reads what any other has written, since every name is written once and read after the
/// round's collectives. Rank 0 knows which file is whose newest (`KeptState`), and checkpoints have
/// that list; so a run that goes on from a checkpoint reads the files that were there when it was
/// written, whatever was begun after it.
public struct ClientStates: Sendable {
  public static let format = FileFormat("motet client state", version: 1)

  public let path: String

  public init(_ path: String) { self.path = path }

  /// What lies beside them while a round goes on.
  public var held: HeldModels { HeldModels("\(path)/.round") }

  public func file(client: Int, round: Int) -> String {
    "\(path)/client-\(padded(client, to: 6))-round-\(padded(round, to: 6)).h5"
  }

  /// Writes what a client keeps after a round. Returns the file's seal.
  public func save(
    _ vectors: [String: ParameterVector], client: Int, round: Int
  ) throws -> KeptState {
    try FileSystem.makeFolder(path)
    let file = file(client: client, round: round)
    try HDF5File.saveSealed(file, sweeps: false) { file in
      try Self.format.stamp(file)
      for (name, vector) in vectors.sorted(by: { $0.key < $1.key }) {
        try vector.write(to: "/\(name)", of: file)
      }
    }
    return KeptState(round: round, seal: try HDF5File.seal(of: file))
  }

  /// Reads what a client kept, checked: the file is the one that rank 0 knows, and whole.
  public func load(
    client: Int, _ kept: KeptState, layouts: [String: ParameterLayout]
  ) throws -> [String: ParameterVector] {
    try verify(client: client, kept)
    let path = file(client: client, round: kept.round)
    let file: HDF5File
    do {
      file = try HDF5File.openSealed(path, as: Self.format)
    } catch let error as FileFormatError {
      throw ClientStateError(path: path, problem: error.message)
    }
    return try layouts.reduce(into: [:]) { vectors, channel in
      let vector = try ParameterVector(readFrom: "/\(channel.key)", of: file)
      guard vector.layout == channel.value else {
        throw ClientStateError(path: path, problem: "'\(channel.key)' has other parameters")
      }
      vectors[channel.key] = vector
    }
  }

  /// Throws where a file that a checkpoint counts on is missing, or is of another run.
  public func verify(_ kept: [Int: KeptState]) throws {
    for (client, state) in kept.sorted(by: { $0.key < $1.key }) {
      try verify(client: client, state)
    }
  }

  private func verify(client: Int, _ kept: KeptState) throws {
    let path = file(client: client, round: kept.round)
    guard FileManager.default.fileExists(atPath: path) else {
      throw ClientStateError(path: path, problem: "missing", isThere: false)
    }
    let seal: String
    do { seal = try HDF5File.seal(of: path) } catch let error as FileFormatError {
      throw ClientStateError(path: path, problem: error.message)
    }
    guard seal == kept.seal else {
      throw ClientStateError(
        path: path, problem: "not what this run wrote (its seal is another one)")
    }
  }

  /// Removes the files that no checkpoint of these rounds needs: each needs every client's newest
  /// up to its round. Files of later rounds stay.
  public func prune(checkpoints rounds: [Int]) throws {
    guard let last = rounds.max() else { return }
    var byClient: [Substring: [(round: Int, name: String)]] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      let parts = name.split(separator: "-")
      guard parts.count == 4, parts[0] == "client", parts[2] == "round",
        name.hasSuffix(".h5"), let round = Int(parts[3].dropLast(3))
      else { continue }
      byClient[parts[1], default: []].append((round, name))
    }
    for files in byClient.values {
      let needed = Set(
        rounds.compactMap { round in files.map(\.round).filter { $0 <= round }.max() })
      for file in files where file.round <= last && !needed.contains(file.round) {
        try FileSystem.remove("\(path)/\(file.name)")
      }
    }
  }
}

/// Which file has what a client keeps.
public struct KeptState: Codable, Sendable, Equatable {
  /// The last round in which the client trained.
  public let round: Int
  /// The file's seal.
  public let seal: String

  public init(round: Int, seal: String) {
    self.round = round
    self.seal = seal
  }
}

/// A client's state that cannot be gone on with.
public struct ClientStateError: Error, CustomStringConvertible {
  public let path: String
  public let problem: String
  /// Whether there is a file by this name.
  var isThere = true

  /// What is wrong, without the mend.
  var line: String { "\(path): \(problem)" }

  public var description: String {
    "\(line); put the run's own file back, "
      + (isThere ? "remove it (an older checkpoint may do without it), " : "")
      + "or start over with --fresh"
  }
}
