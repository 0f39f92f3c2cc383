import Catalogues
import Files
import Foundation
import Jobs

/// Seconds of pieces of work on a machine, measured there or read from a file:
///
/// ```json
/// { "processor": "AMD EPYC …", "instruction_set": "AVX-512", "seconds": { "view: image of …":
/// 1.1e-4 } }
/// ```
public struct Speeds: Sendable, Equatable {
  public let processor: String
  public let instructionSet: String
  /// The file; nil where they were measured here.
  public let path: String?
  /// By a case's key, to four digits: what is printed is what is used.
  public private(set) var seconds: [String: Double]

  init(processor: String, instructionSet: String, path: String? = nil) {
    self.processor = processor
    self.instructionSet = instructionSet
    self.path = path
    seconds = [:]
  }

  /// Reads a file: of speeds alone, or what `motet plan --json` printed.
  public static func load(_ path: String) throws -> Speeds {
    func wrong(_ message: String) -> JobError { JobError(path: path, message: message) }
    guard let data = FileSystem.contents(path) else {
      throw wrong(
        "is no file that can be read; expected speeds, as 'motet plan --json' prints them")
    }
    guard let root = try? Tree(json: String(decoding: data, as: UTF8.self)),
      case let tree = root["speeds"] ?? root, let processor = tree["processor"]?.text,
      let given = tree["seconds"]?.mapping
    else {
      throw wrong("expected \"processor\" and \"seconds\", as 'motet plan --json' prints them")
    }
    var speeds = Speeds(
      processor: processor, instructionSet: tree["instruction_set"]?.text ?? "", path: path)
    for (key, value) in given {
      guard let number = value.number, (1e-12...1e9).contains(number) else {
        throw wrong("\"\(key)\": expected seconds from 1e-12 to 1e9")
      }
      speeds.set(key, number)
    }
    return speeds
  }

  mutating func set(_ key: String, _ value: Double) { seconds[key] = significant(value, 4) }

  /// Throws where it was not measured.
  func of(_ item: SpeedCase) throws -> Double {
    guard let value = seconds[item.key] else {
      throw JobError(
        path: path ?? "speeds",
        message: "has no \"\(item.key)\"; without --speeds it is measured here")
    }
    return value
  }

  var tree: Tree {
    [
      "processor": .text(processor), "instruction_set": .text(instructionSet),
      "seconds": Tree(seconds.map { ($0, .number($1)) }),
    ]
  }
}

/// A number rounded to so many digits, so that what is printed is what is used.
func significant(_ value: Double, _ digits: Int) -> Double {
  Double(String(format: "%.*e", digits - 1, value)) ?? value
}
