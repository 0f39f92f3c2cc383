extension Tree {
  /// The value of a type. Throws `ConfigurationError` with the key that does not fit.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
    do { return try TreeDecoder(tree: self, codingPath: []).decode(type) } catch let error
      as DecodingError
    { throw ConfigurationError(error) }
  }
}

/// Reads values out of a tree, strictly: a number is no text, 1.5 no whole number.
private struct TreeDecoder: Decoder, SingleValueDecodingContainer {
  let tree: Tree
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func error(_ message: String) -> ConfigurationError {
    ConfigurationError(codingPath.key, message)
  }

  func inside(_ key: any CodingKey, _ value: Tree) -> TreeDecoder {
    TreeDecoder(tree: value, codingPath: codingPath + [key])
  }

  func decodeNil() -> Bool { tree == .null }

  /// Of any type: this is also what decodes numbers, texts and truth values.
  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let value: Any? =
      switch type {
      case is Bool.Type: tree.flag
      case is String.Type: tree.text
      case is Double.Type: tree.number
      case is Float.Type: tree.number.map { Float($0) }
      case let whole as any FixedWidthInteger.Type: tree.whole.flatMap { whole.from($0) }
      default: try T(from: self)
      }
    guard let value = value as? T else {
      throw error((tree == .null ? "no value; " : "") + "expected \(plain(type))")
    }
    return value
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let list = tree.list else { throw error("expected a list") }
    return ListContainer(decoder: self, list: list)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let mapping = tree.mapping else { throw error("expected a mapping, 'key: value'") }
    return KeyedDecodingContainer(MappingContainer(decoder: self, mapping: mapping))
  }
}

private struct MappingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: TreeDecoder
  let mapping: Tree.Mapping

  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { mapping.keys.compactMap { Key(stringValue: $0) } }

  private func value(_ key: any CodingKey) throws -> TreeDecoder {
    guard let value = mapping[key.stringValue] else {
      throw decoder.inside(key, .null).error("missing")
    }
    return decoder.inside(key, value)
  }

  func contains(_ key: Key) -> Bool { mapping[key.stringValue] != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try value(key).decodeNil() }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try value(key).decode(type)
  }
  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Inner> { try value(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try value(key).unkeyedContainer()
  }
  func superDecoder() -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }
}

private struct ListContainer: UnkeyedDecodingContainer {
  let decoder: TreeDecoder
  let list: [Tree]
  private(set) var currentIndex = 0

  init(decoder: TreeDecoder, list: [Tree]) {
    self.decoder = decoder
    self.list = list
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { list.count }
  var isAtEnd: Bool { currentIndex >= list.count }

  private mutating func next() throws -> TreeDecoder {
    guard !isAtEnd else {
      throw decoder.error("expected more than \(counted(list.count, "value"))")
    }
    defer { currentIndex += 1 }
    return decoder.inside(IndexKey(index: currentIndex), list[currentIndex])
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, list[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }
  mutating func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type
  ) throws -> KeyedDecodingContainer<Inner> { try next().container(keyedBy: type) }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }
  mutating func superDecoder() throws -> any Decoder { try next() }
}

/// A place in a list.
private struct IndexKey: CodingKey {
  let index: Int
  var stringValue: String { "[\(index)]" }
  var intValue: Int? { index }
  init(index: Int) { self.index = index }
  init?(stringValue: String) { nil }
  init?(intValue: Int) { self.init(index: intValue) }
}

extension [any CodingKey] {
  /// `a.b[2].c`.
  var key: String {
    reduce("") { path, key in
      path + (path.isEmpty || key is IndexKey ? "" : ".") + key.stringValue
    }
  }
}

extension FixedWidthInteger {
  fileprivate static func from(_ whole: Int) -> Self? { Self(exactly: whole) }
}

extension ConfigurationError {
  /// What a type's own decoding complains of, such as a word that it does not have.
  fileprivate init(_ error: DecodingError) {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context), .dataCorrupted(let context):
      self.init(context.codingPath.key, context.debugDescription)
    @unknown default:
      self.init("", "\(error)")
    }
  }
}

private func plain(_ type: Any.Type) -> String {
  switch type {
  case is any FixedWidthInteger.Type: "a whole number"
  case is Float.Type, is Double.Type: "a number"
  case is Bool.Type: "true or false"
  case is String.Type: "a string"
  default: "a value of type \(type)"
  }
}
