import Files
import Foundation
import HDF5
import Tensors

/// The state of a run after a complete round: all that it takes to go on, with the same bits.
///
/// In the file every parameter is a data set under `/model`, by torchvision's name and in PyTorch's
/// order; the server's state lies in the same form under `/server/NAME`. The file is sealed.
public struct Checkpoint {
  public static let format = FileFormat("motet checkpoint", version: 1)

  /// The last complete round; 0 is the initial model.
  public let round: Int
  /// The resolved job, as JSON.
  public let job: String
  /// Of the shards that the model was trained on.
  public let shards: String
  public let model: ParameterVector
  public let serverState: [String: ParameterVector]

  public init(
    round: Int, job: String, shards: String, model: ParameterVector,
    serverState: [String: ParameterVector]
  ) {
    self.round = round
    self.job = job
    self.shards = shards
    self.model = model
    self.serverState = serverState
  }

  /// With vectors of its own.
  func copy() -> Checkpoint {
    Checkpoint(
      round: round, job: job, shards: shards, model: model.copy(),
      serverState: serverState.mapValues { $0.copy() })
  }

  /// Writes the file so that it is there whole or not at all.
  public func save(_ path: String) throws {
    try HDF5File.saveSealed(path) { file in
      try Self.format.stamp(file)
      try file.setAttribute("round", Int64(round))
      try file.setAttribute("job", job)
      try file.setAttribute("shards", shards)
      try file.setAttribute("model_sha256", modelHash(model))
      try Self.write(model, to: "/model", of: file)
      try file.makeGroup("/server")
      for (name, state) in serverState { try Self.write(state, to: "/server/\(name)", of: file) }
    }
  }

  /// Reads a file, its checksum first.
  public static func load(_ path: String) throws -> Checkpoint {
    let file = try HDF5File.openSealed(path)
    try format.verify(file)
    var serverState: [String: ParameterVector] = [:]
    for name in try file.names(in: "/server") {
      serverState[name] = try read("/server/\(name)", of: file)
    }
    return Checkpoint(
      round: Int(try file.intAttribute("round")), job: try file.textAttribute("job"),
      shards: try file.textAttribute("shards"), model: try read("/model", of: file),
      serverState: serverState)
  }

  /// A vector as one data set a parameter. HDF5 sorts by name, so the place is an attribute; the
  /// order is Motet's in memory, the file has PyTorch's.
  private static func write(
    _ vector: ParameterVector, to group: String, of file: HDF5File
  ) throws {
    try file.makeGroup(group)
    for (place, entry) in vector.layout.entries.enumerated() {
      let name = "\(group)/\(entry.name)"
      try file.write(name, vector.torchValues(entry), shape: entry.shape)
      try file.setAttribute("place", Int64(place), on: name)
      try file.setAttribute("order", "\(entry.order)", on: name)
      try file.setAttribute("trainable", Int64(entry.trainable ? 1 : 0), on: name)
    }
  }

  private static func read(_ group: String, of file: HDF5File) throws -> ParameterVector {
    let names = try file.names(in: group)
    let places = try names.map { try file.intAttribute("place", on: "\(group)/\($0)") }
    var layout = ParameterLayout()
    for (_, name) in zip(places, names).sorted(by: { $0.0 < $1.0 }) {
      let path = "\(group)/\(name)"
      let text = try file.textAttribute("order", on: path)
      guard let order = ParameterLayout.Order.named(text) else {
        throw FileFormatError(path: file.path, message: "\(path) has the unknown order '\(text)'")
      }
      _ = layout.add(
        name, try file.shape(path), order: order,
        trainable: try file.intAttribute("trainable", on: path) != 0)
    }
    let vector = ParameterVector(layout)
    for entry in layout.entries {
      vector.setTorchValues(try file.read("\(group)/\(entry.name)"), entry)
    }
    return vector
  }
}

extension ParameterLayout.Order {
  fileprivate static func named(_ text: String) -> Self? {
    [.plain, .convolution, .linear].first { "\($0)" == text }
  }
}
