import Catalogues
import Foundation
import Yams

/// A YAML file as a JSON-like tree, with the line of each key.
///
/// Plain scalars are read as YAML 1.2 has them, and no more: `1e-4` is a number, `no` and `12:30`
/// are texts. `10%` is the number 0.1.
public struct YAMLTree {
  public let root: [String: Any]
  /// By dotted path.
  public let lines: [String: Int]
  /// Dotted paths in the file's order.
  public let keys: [String]

  public init(_ text: String) throws(YAMLTreeError) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw YAMLTreeError(error)
    } catch {
      throw YAMLTreeError(line: nil, message: "\(error)")
    }
    guard let node else {
      throw YAMLTreeError(line: nil, message: "the file is empty")
    }
    var places = Places()
    guard let root = try Self.value(of: node, at: "", &places) as? [String: Any] else {
      throw YAMLTreeError(line: nil, message: "expected a mapping, 'key: value'")
    }
    self.root = root
    lines = places.lines
    keys = places.keys
  }

  /// The value of a single scalar or flow collection: the right side of `--set key=value`.
  public static func value(_ text: String) throws(YAMLTreeError) -> Any {
    // As the value of a key, so that an empty text is YAML's null.
    try YAMLTree("value: \(text)").root["value"] ?? NSNull()
  }

  /// The line of a key, or of the nearest one above it that the file has.
  public func line(of path: String) -> Int? {
    var path = Substring(path)
    while !path.isEmpty {
      if let line = lines[String(path)] { return line }
      path = path.lastIndex(of: ".").map { path[..<$0] } ?? ""
    }
    return nil
  }

  private struct Places {
    var lines: [String: Int] = [:]
    var keys: [String] = []
  }

  private static func value(
    of node: Node, at path: String, _ places: inout Places
  ) throws(YAMLTreeError) -> Any {
    switch node {
    case .scalar(let scalar):
      return scalar.style == .plain ? plain(scalar.string) : scalar.string
    case .sequence(let sequence):
      var list: [Any] = []
      for element in sequence { list.append(try value(of: element, at: path, &places)) }
      return list
    case .mapping(let mapping):
      var tree: [String: Any] = [:]
      for (key, element) in mapping {
        guard let name = key.scalar?.string else {
          throw YAMLTreeError(line: key.mark?.line, message: "a key must be a string")
        }
        let inner = path.isEmpty ? name : "\(path).\(name)"
        if let line = key.mark?.line { places.lines[inner] = line }
        places.keys.append(inner)
        tree[name] = try value(of: element, at: inner, &places)
      }
      return tree
    case .alias:
      throw YAMLTreeError(line: node.mark?.line, message: "aliases (*name) are not supported")
    }
  }

  private static func plain(_ text: String) -> Any {
    switch text {
    case "", "~", "null": return NSNull()
    case "true": return true
    case "false": return false
    default: break
    }
    if let number = Int(text), !text.hasPrefix("+") { return number }
    if text.hasSuffix("%"), let number = number(text.dropLast()) { return number / 100 }
    return number(text[...]) ?? text
  }

  /// A decimal number; not "inf", "nan" or hexadecimal, which `Double` would take as well.
  private static func number(_ text: Substring) -> Double? {
    guard let first = text.first, first.isNumber || "+-.".contains(first),
      text.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) })
    else { return nil }
    return Double(text)
  }
}

/// What is wrong with a file's YAML, in one line.
public struct YAMLTreeError: Error {
  public let line: Int?
  public let message: String

  init(line: Int?, message: String) {
    self.line = line
    self.message = message
  }

  init(_ error: YamlError) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(line: mark.line, message: "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      self.init(
        line: context.mark.line,
        message: "the key '\(duplicates.joined(separator: "', '"))' is there twice")
    case .reader(let problem, _, _, _):
      self.init(line: nil, message: "not YAML: \(problem)")
    default:
      self.init(line: nil, message: "not YAML: \(error)")
    }
  }
}
