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
    self.text = String(text[text.index(after: equals)...])
  }

  public var value: Any {
    get throws {
      do { return try YAMLTree.value(text) } catch {
        throw JobError(path: place, message: error.message)
      }
    }
  }

  /// A tree with some settings carried out, in order; mappings on the way are made.
  public static func tree(
    _ texts: [String], example: String, in root: [String: Any] = [:]
  ) throws -> [String: Any] {
    try texts.reduce(root) { root, text in
      let setting = try Setting(text, example: example)
      return replace(setting.key, by: try setting.value, in: root)
    }
  }

  /// The tree with the value at a dotted key replaced; mappings on the way are made.
  public static func replace(
    _ key: String, by value: Any, in root: [String: Any]
  ) -> [String: Any] {
    let keys = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    func replaced(_ tree: [String: Any], _ keys: ArraySlice<String>) -> [String: Any] {
      var tree = tree
      let key = keys.first!
      let rest = keys.dropFirst()
      if rest.isEmpty {
        tree[key] = value
      } else if let name = tree[key] as? String {
        // A plug-in given by its name alone gains an option.
        tree[key] = replaced(["name": name], rest)
      } else {
        tree[key] = replaced(tree[key] as? [String: Any] ?? [:], rest)
      }
      return tree
    }
    return replaced(root, keys[...])
  }
}
