/// Settings as a file has them, before or after they became options: what YAML and JSON can say.
///
/// Two trees are equal where they say the same: neither the order of keys nor their lines count,
/// and `1.0` is `1`.
public enum Tree: Sendable, Hashable {
  case null
  case flag(Bool)
  case whole(Int)
  /// Never a whole number, which `number` sees to.
  case real(Double)
  case text(String)
  case list([Tree])
  case mapping(Mapping)

  /// Values by key, in a file's order.
  public struct Mapping: Sendable {
    public private(set) var keys: [String] = []
    private var values: [String: Tree] = [:]
    private var lines: [String: Int] = [:]

    public init() {}

    public var isEmpty: Bool { keys.isEmpty }

    public subscript(key: String) -> Tree? {
      get { values[key] }
      set { set(key, newValue, line: lines[key]) }
    }

    /// - Parameters:
    ///   - value: nil removes the key.
    ///   - line: of the key in its file; nil where it is in none.
    public mutating func set(_ key: String, _ value: Tree?, line: Int?) {
      let old = values.updateValue(value ?? .null, forKey: key)
      lines[key] = line
      if value == nil {
        values[key] = nil
        lines[key] = nil
        keys.removeAll { $0 == key }
      } else if old == nil {
        keys.append(key)
      }
    }

    /// The line of a key in its file.
    public func line(of key: String) -> Int? { lines[key] }
  }

  /// A number, whole where it can be.
  public static func number(_ value: Double) -> Tree {
    // Whole numbers above this are no longer those that were written.
    guard abs(value) < 0x1p53, let whole = Int(exactly: value) else { return .real(value) }
    return .whole(whole)
  }

  public static func texts(_ values: [String]) -> Tree { .list(values.map { .text($0) }) }

  /// Nothing, where this is no text. The other readings are alike.
  public var text: String? { if case .text(let value) = self { value } else { nil } }
  public var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
  public var whole: Int? { if case .whole(let value) = self { value } else { nil } }
  public var list: [Tree]? { if case .list(let value) = self { value } else { nil } }
  public var mapping: Mapping? { if case .mapping(let value) = self { value } else { nil } }

  /// The number, whole or not.
  public var number: Double? {
    switch self {
    case .whole(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }

  /// The texts of a list that has nothing else.
  public var texts: [String]? {
    guard let list else { return nil }
    let texts = list.compactMap(\.text)
    return texts.count == list.count ? texts : nil
  }

  /// A mapping's keys in order; none of anything else.
  public var keys: [String] { mapping?.keys ?? [] }

  /// The value of a mapping's key. What is set makes a mapping of anything else.
  public subscript(key: String) -> Tree? {
    get { mapping?[key] }
    set {
      var changed = mapping ?? Mapping()
      changed[key] = newValue
      self = .mapping(changed)
    }
  }

  /// A mapping's value, which then is no longer there.
  public mutating func take(_ key: String) -> Tree? {
    guard let value = self[key] else { return nil }
    self[key] = nil
    return value
  }

  /// A mapping without some keys.
  public func without(_ keys: [String]) -> Tree {
    keys.reduce(into: self) { $0[$1] = nil }
  }

  /// A mapping with the keys of another in place of its own.
  public func with(_ other: Tree) -> Tree {
    (other.mapping ?? Mapping()).reduce(into: self) { $0[$1.key] = $1.value }
  }
}

extension Tree.Mapping: Sequence {
  public func makeIterator() -> some IteratorProtocol<(key: String, value: Tree)> {
    keys.lazy.map { (key: $0, value: values[$0]!) }.makeIterator()
  }

  /// The pairs in the order of their keys' letters.
  public var sorted: [(key: String, value: Tree)] { sorted { $0.key < $1.key } }
}

extension Tree.Mapping: Hashable {
  public static func == (a: Self, b: Self) -> Bool { a.values == b.values }
  public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}

extension Tree: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  public init(integerLiteral value: Int) { self = .whole(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(arrayLiteral elements: Tree...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, Tree)...) { self.init(elements) }

  /// A mapping of some pairs, each key once.
  public init(_ pairs: some Sequence<(String, Tree)>) {
    self = .mapping(pairs.reduce(into: Mapping()) { $0[$1.0] = $1.1 })
  }
}
