import Catalogues
import Yams

extension Tree {
  /// A YAML file's tree, each key with its line.
  ///
  /// Plain scalars are read as YAML 1.2 has them, and no more: `1e-4` is a number, `no` and `12:30`
  /// are texts. `10%` and `10 %` are the number 0.1.
  public init(yaml text: String) throws(YAMLError) {
    let parser: Parser
    let node: Node?
    do {
      parser = try Parser(yaml: text)
      node = try parser.singleRoot()
    } catch let error as YamlError {
      throw YAMLError(error)
    } catch {
      throw YAMLError(line: nil, message: "\(error)")
    }
    guard let node else {
      throw YAMLError(line: nil, message: "the file is empty")
    }
    // The parser keeps the anchors, by which a node tells that it has one.
    self = try withExtendedLifetime(parser) { () throws(YAMLError) in try Tree(node) }
    do { try checkDepth() } catch { throw YAMLError(line: nil, message: "\(error)") }
  }

  /// The value of a single scalar or flow collection: the right side of `--set key=value`.
  static func value(yaml text: String) throws(YAMLError) -> Tree {
    // As the value of a key, so that an empty text is YAML's null.
    try Tree(yaml: "value: \(text)")["value"] ?? .null
  }

  private init(_ node: Node) throws(YAMLError) {
    // The parser puts copies where aliases stood, and a few lines of copies of copies are more than
    // any memory: what could be copied is refused.
    guard node.anchor == nil else {
      throw YAMLError(
        line: node.mark?.line,
        message: "anchors (&name) and aliases (*name) are not supported; write the value out")
    }
    switch node {
    case .scalar(let scalar):
      self = scalar.style == .plain ? Self.plain(scalar.string) : .text(scalar.string)
    case .sequence(let sequence):
      var list: [Tree] = []
      for element in sequence { list.append(try Tree(element)) }
      self = .list(list)
    case .mapping(let pairs):
      var mapping = Mapping()
      for (key, element) in pairs {
        guard let name = key.scalar?.string else {
          throw YAMLError(line: key.mark?.line, message: "a key must be a string")
        }
        mapping.set(name, try Tree(element), line: key.mark?.line)
      }
      self = .mapping(mapping)
    case .alias:
      throw YAMLError(
        line: node.mark?.line, message: "aliases (*name) are not supported; write the value out")
    }
  }

  private static func plain(_ text: String) -> Tree {
    switch text {
    case "", "~", "null": return .null
    case "true": return .flag(true)
    case "false": return .flag(false)
    default: break
    }
    if let whole = Int(text), !text.hasPrefix("+") { return .whole(whole) }
    if text.hasSuffix("%") {
      let digits = text.dropLast()
      if let number = number(digits.last == " " ? digits.dropLast() : digits) {
        return .number(number / 100)
      }
    }
    return number(text[...]).map { .number($0) } ?? .text(text)
  }

  /// A decimal number; not "inf", "nan" or hexadecimal, which `Double` would take as well, nor one
  /// that is too large for it.
  private static func number(_ text: Substring) -> Double? {
    guard let first = text.first, first.isNumber || "+-.".contains(first),
      text.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }
}

/// What is wrong with a file's YAML, in one line.
public struct YAMLError: Error {
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
        message: "the key '\(duplicates.joined(separator: "', '"))' is given twice")
    case .reader(let problem, _, _, _):
      self.init(line: nil, message: "not YAML: \(problem)")
    default:
      self.init(line: nil, message: "not YAML: \(error)")
    }
  }
}
