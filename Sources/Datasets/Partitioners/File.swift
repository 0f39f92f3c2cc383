import Catalogues
import Foundation

/// The client of each sample as a CSV file has it, with the columns `sample` (the row in its split
/// of the store, from 0) and `client` (from 0), in any order and beside any others: the cut of
/// another program, for comparison. Every sample has one line; a client may have none.
public struct File: Partitioner, PlugIn {
  public struct Options: Codable, Sendable {
    public var path = ""
  }

  public static let name = "file"
  public static let summary = "as a CSV file with the columns sample and client says"
  public static let defaults = Options()
  public static let meanings = [
    "path": "the file; samples are rows of the split from 0, clients count from 0"
  ]
  public static let fileOptions = ["path"]
  private let path: String

  public init(_ options: Options) throws {
    guard !options.path.isEmpty else {
      throw ConfigurationError(
        "path", "missing; give a CSV file with the columns sample and client")
    }
    path = options.path
  }

  public func assign(_ samples: PartitionInput) throws(ConfigurationError) -> [Int] {
    do { return try read(samples) } catch { throw ConfigurationError("path", "\(error)") }
  }

  private func read(_ samples: PartitionInput) throws -> [Int] {
    let count = samples.labels.count
    let table = try CommaSeparated(path, mend: "give a CSV file with the columns sample and client")
    let columns = try table.columns(["sample", "client"])
    var clients = [Int](repeating: 0, count: count)
    // Where each sample stands; 0: nowhere yet.
    var lines = [Int](repeating: 0, count: count)
    for row in try table.body() {
      func wrong(_ message: String) -> StoreError {
        StoreError(path, "line \(row.line): \(message)")
      }
      let fields = columns.map { row.fields[$0].trimmingCharacters(in: .whitespaces) }
      guard let sample = Int(fields[0]), let client = Int(fields[1]) else {
        throw wrong("sample '\(fields[0])' and client '\(fields[1])' must be whole numbers")
      }
      guard 0..<count ~= sample else {
        throw wrong(
          "there is no sample \(sample) of \(samples.modality), which has 0 to \(count - 1); "
            + "remove the line")
      }
      guard 0..<samples.clients ~= client else {
        throw wrong(
          "there is no client \(client), only 0 to \(samples.clients - 1); correct it or change "
            + "the number of clients")
      }
      guard lines[sample] == 0 else {
        throw wrong("sample \(sample) has a client in line \(lines[sample]); keep one of the two")
      }
      clients[sample] = client
      lines[sample] = row.line
    }
    if let missing = lines.firstIndex(of: 0) {
      let others = lines.count { $0 == 0 } - 1
      throw StoreError(
        path,
        "there is no line for sample \(missing)"
          + (others > 0 ? " and \(counted(others, "other"))" : "")
          + " of the \(count) of \(samples.modality); add a line for each")
    }
    return clients
  }
}
