import Catalogues

/// `KEY=VALUE`, as options of commands give a setting. The value is read as YAML has it.
public struct Setting {
  /// Dotted.
  public let key: String
  /// The value as it was written.
  public let text: String
  /// The option and its text, for messages.
  private let place: String

  /// - Parameter example: shown where the text is no setting.
  public init(_ text: String, option: String = "--set", example: String) throws {
    place = "\(option) \(text)"
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw JobError(path: place, message: "expected KEY=VALUE, as in \(example)")
    }
    key = String(text[..<equals])
    do { try Tree.checkPath(key) } catch {
      throw JobError(path: "\(option) \(key.prefix(40))…", message: "\(error)")
    }
    self.text = String(text[text.index(after: equals)...])
  }

  public var value: Tree {
    get throws {
      do { return try Tree.value(yaml: text) } catch {
        throw JobError(path: place, message: error.message)
      }
    }
  }

  /// Whether an error in a setting may be this one's: of the same key, or of one above or below it.
  func isIn(_ error: ConfigurationError) -> Bool { Self.overlap(error.key, key) }

  /// Whether of two dotted keys one is the other, or a part of it.
  public static func overlap(_ a: String, _ b: String) -> Bool {
    a == b || a.hasPrefix("\(b).") || b.hasPrefix("\(a).")
  }

  /// A tree with some settings carried out, in order; mappings on the way are made.
  public static func tree(
    _ texts: [String], option: String = "--set", example: String, in root: Tree = [:]
  ) throws -> Tree {
    try texts.reduce(root) { root, text in
      let setting = try Setting(text, option: option, example: example)
      return root.replacing(setting.key, by: try setting.value)
    }
  }
}
