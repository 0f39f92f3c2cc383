extension Tree {
  /// Levels of lists and mappings that a tree out of a file or an option may have; a job's has 6.
  public static let deepest = 32

  /// How deep lists and mappings are nested; 0 of a scalar.
  var depth: Int {
    let inner = list ?? mapping.map { $0.map(\.value) }
    return inner.map { 1 + ($0.map(\.depth).max() ?? 0) } ?? 0
  }

  /// Throws a `ConfigurationError` of the key "" where lists and mappings are nested deeper than
  /// anything that Motet reads, and than what it can write again.
  public func checkDepth() throws(ConfigurationError) {
    try ConfigurationError.require(
      depth <= Self.deepest, "", "is nested more than \(Self.deepest) deep")
  }

  /// Throws where a dotted key has more parts than any tree is deep.
  public static func checkPath(_ path: String) throws(ConfigurationError) {
    let parts = path.reduce(1) { $1 == "." ? $0 + 1 : $0 }
    try ConfigurationError.require(
      parts <= deepest, "", "a key of \(parts) parts; there are none of more than \(deepest)")
  }

  /// The value at a dotted key.
  public subscript(path path: String) -> Tree? {
    path.split(separator: ".").reduce(self as Tree?) { $0?[String($1)] }
  }

  /// The leaves by dotted key. An empty mapping is a leaf.
  public var leaves: [String: Tree] {
    guard let mapping else { return [:] }
    return mapping.reduce(into: [:]) { found, pair in
      guard let inner = pair.value.mapping, !inner.isEmpty else {
        found[pair.key] = pair.value
        return
      }
      for (key, leaf) in pair.value.leaves { found["\(pair.key).\(key)"] = leaf }
    }
  }

  /// The tree with the value at a dotted key replaced; mappings on the way are made. A plug-in
  /// given by its name alone gains an option.
  public func replacing(_ path: String, by value: Tree) -> Tree {
    guard let dot = path.firstIndex(of: ".") else { return with([path: value]) }
    let key = String(path[..<dot])
    var inner = self[key] ?? [:]
    if inner.text != nil { inner = ["name": inner] }
    return with([key: inner.replacing(String(path[path.index(after: dot)...]), by: value)])
  }

  /// The tree without the value at a dotted key.
  public func removing(_ path: String) -> Tree {
    guard let dot = path.firstIndex(of: ".") else { return without([path]) }
    let key = String(path[..<dot])
    guard let inner = self[key] else { return self }
    return with([key: inner.removing(String(path[path.index(after: dot)...]))])
  }

  /// The line of a dotted key in the file, or of the nearest one above it that the file has. A key
  /// may have dots in itself, and `[2]` after it where its value is a list.
  public func line(of path: some StringProtocol) -> Int? {
    switch self {
    case .mapping(let mapping):
      // Of `a` and `a.b`, the longer.
      for key in mapping.keys.sorted(by: { $0.count > $1.count }) where path.hasPrefix(key) {
        let rest = path.dropFirst(key.count)
        guard rest.isEmpty || rest.first == "." || rest.first == "[" else { continue }
        let below = mapping[key]!.line(of: rest.first == "." ? rest.dropFirst() : rest)
        return below ?? mapping.line(of: key)
      }
      return nil
    case .list(let list):
      guard path.first == "[", let end = path.firstIndex(of: "]"),
        let index = Int(path[path.index(after: path.startIndex)..<end]), list.indices ~= index
      else { return list.lazy.compactMap { $0.line(of: path) }.first }
      let rest = path[path.index(after: end)...]
      return list[index].line(of: rest.first == "." ? rest.dropFirst() : rest)
        ?? list[index].firstLine
    default:
      return nil
    }
  }

  /// The line of a mapping's first key: a list's element has no other.
  private var firstLine: Int? {
    mapping.flatMap { mapping in mapping.keys.compactMap(mapping.line).min() }
  }
}
