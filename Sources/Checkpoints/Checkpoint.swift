import Files
import Foundation
import HDF5
import Tensors

/// The state of a run after a complete round: all that it takes to go on, with the same bits.
///
/// In the file every parameter is a data set under `/model`, by torchvision's name and in PyTorch's
/// order; the server's state lies in the same form under `/server/NAME`. Where clients keep
/// something, `/clients` says which of their files belong to this round. The file is sealed.
public struct Checkpoint {
  public static let format = FileFormat("motet checkpoint", version: 1)

  /// No run has as many rounds, nor a classifier as many steps.
  private static let lastRound = 1 << 40

  /// The last complete round; 0 is the initial model.
  public let round: Int
  /// The resolved job, as JSON.
  public let job: String
  /// Of the shards that the model was trained on.
  public let shards: String
  public let model: ParameterVector
  public let serverState: [String: ParameterVector]
  /// Which file has what a client keeps; empty where clients keep nothing.
  public let kept: [Int: KeptState]

  public init(
    round: Int, job: String, shards: String, model: ParameterVector,
    serverState: [String: ParameterVector], kept: [Int: KeptState] = [:]
  ) {
    self.round = round
    self.job = job
    self.shards = shards
    self.model = model
    self.serverState = serverState
    self.kept = kept
  }

  /// With vectors of its own.
  func copy() -> Checkpoint {
    Checkpoint(
      round: round, job: job, shards: shards, model: model.copy(),
      serverState: serverState.mapValues { $0.copy() }, kept: kept)
  }

  /// Writes the file so that it is there whole or not at all.
  public func save(_ path: String) throws {
    try HDF5File.saveSealed(path) { file in
      try Self.format.stamp(file)
      try file.setAttribute("round", Int64(round))
      try file.setAttribute("job", job)
      try file.setAttribute("shards", shards)
      try file.setAttribute("model_sha256", modelHash(model))
      try model.write(to: "/model", of: file)
      try file.makeGroup("/server")
      for (name, state) in serverState.sorted(by: { $0.key < $1.key }) {
        try state.write(to: "/server/\(name)", of: file)
      }
      guard !kept.isEmpty else { return }
      let clients = kept.sorted { $0.key < $1.key }
      try file.write("/clients/client", clients.map { Int64($0.key) })
      try file.write("/clients/round", clients.map { Int64($0.value.round) })
      try file.write("/clients/seal", texts: clients.map(\.value.seal))
    }
  }

  /// Reads a file, its checksum first.
  public static func load(_ path: String) throws -> Checkpoint {
    let file = try HDF5File.openSealed(path, as: format)
    var serverState: [String: ParameterVector] = [:]
    for name in try file.names(in: "/server") {
      serverState[name] = try ParameterVector(readFrom: "/server/\(name)", of: file)
    }
    let round = Int(try file.intAttribute("round"))
    guard (0...Self.lastRound).contains(round) else {
      throw FileFormatError(path: path, message: "damaged: it is of round \(round)")
    }
    return Checkpoint(
      round: round, job: try file.textAttribute("job"),
      shards: try file.textAttribute("shards"),
      model: try ParameterVector(readFrom: "/model", of: file), serverState: serverState,
      kept: try readKept(file))
  }

  private static func readKept(_ file: HDF5File) throws -> [Int: KeptState] {
    guard try file.names(in: "/").contains("clients") else { return [:] }
    let rounds: [Int64] = try file.read("/clients/round")
    let seals = try file.texts("/clients/seal")
    let clients: [Int64] = try file.read("/clients/client")
    guard clients.count == rounds.count, clients.count == seals.count else {
      throw FileFormatError(path: file.path, message: "/clients has columns of several lengths")
    }
    return clients.indices.reduce(into: [:]) {
      $0[Int(clients[$1])] = KeptState(round: Int(rounds[$1]), seal: seals[$1])
    }
  }
}
