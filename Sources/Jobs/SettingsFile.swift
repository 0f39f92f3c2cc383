import Catalogues
import Files
import Foundation

/// A YAML file of settings: a job, a sweep or a list of evaluations.
public struct SettingsFile {
  public let path: String
  public let tree: Tree

  /// - Parameters:
  ///   - kind: what it should be, for messages: "a job file".
  ///   - listKey: where a file that is a list alone is put.
  public init(_ path: String, kind: String = "a job file", listKey: String? = nil) throws {
    self.path = path
    let text = try Self.text(path, kind)
    let tree: Tree
    do { tree = try Tree(yaml: text) } catch {
      throw JobError(path: path, line: error.line, message: error.message)
    }
    self.tree = if let listKey, tree.list != nil { [listKey: tree] } else { tree }
  }

  /// Such files are small: what is larger than a megabyte is something else.
  private static func text(_ path: String, _ kind: String) throws -> String {
    guard FileManager.default.fileExists(atPath: path) else {
      throw JobError(path: path, message: "there is no such file; expected \(kind) (YAML)")
    }
    guard !FileSystem.isFolder(path) else {
      throw JobError(path: path, message: "this is a folder; expected \(kind) (YAML)")
    }
    let bytes: [UInt8]
    do { bytes = try FileSystem.bytes(path, most: 1 << 20) } catch {
      throw JobError(path: path, message: "\(error.message); expected \(kind) (YAML)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JobError(path: path, message: "this is not \(kind) (YAML)")
    }
    // Some editors begin a file with its encoding.
    return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  /// An error in a setting as one of this file, with its line.
  public func error(_ error: ConfigurationError) -> JobError {
    JobError(path: path, line: tree.line(of: error.key), message: "\(error)")
  }

  /// What `body` makes of the file, its errors as those of this file.
  public func reading<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as ConfigurationError { throw self.error(error) }
  }
}
