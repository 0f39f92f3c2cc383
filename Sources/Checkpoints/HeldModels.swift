import Files
import Foundation
import HDF5
import Tensors

/// Models that a round's clients have trained, in files until the round's sum is made: for
/// algorithms that weigh clients by each other, which must have seen all of them before any is
/// added. No rank has room for so many.
///
/// Any rank reads what any other has written, after a collective. Nothing goes on from them: a
/// round that is cut short is trained again.
public struct HeldModels: Sendable {
  public let path: String

  init(_ path: String) { self.path = path }

  private func file(_ client: Int) -> String { "\(path)/client-\(padded(client, to: 6)).h5" }

  /// Writes a client's model, its values as they lie in memory.
  public func save(_ model: ParameterVector, client: Int) throws {
    try FileSystem.makeFolder(path)
    try HDF5File.save(file(client), sweeps: false) { file in
      try file.createDataset("values", of: Float.self, shape: [model.count])
      try withExtendedLifetime(model) {
        try file.write(
          "values", rows: 0..<model.count, from: UnsafeBufferPointer(model.floats))
      }
    }
  }

  /// Reads a part of it.
  public func read(
    client: Int, _ part: Range<Int>, into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    try HDF5File.open(file(client)).read("values", rows: part, into: values)
  }

  /// Removes all of them, and the folder that they are in, where nothing else is.
  public func remove() throws {
    try FileSystem.remove(path)
    rmdir(FileSystem.parent(of: path))
  }
}
