/// Decodes options strictly: `defaults` overlaid by the keys given; a key that `defaults` does not
/// have is an error with the nearest name, as is a value of another type.
///
/// Synthesised `Decodable` ignores property defaults, so they are encoded first; that is why option
/// types have no optional properties (a nil would not be encoded, and its key be unknown).
/// - Parameter alsoKnown: keys that belong there but are read elsewhere, for messages.
public func overlay<T: Codable>(
  _ given: Tree, on defaults: T, alsoKnown: [String] = []
) throws -> T {
  try given.overlaid(on: Tree(encoding: defaults), alsoKnown: alsoKnown).decode()
}

extension Tree {
  /// `defaults` with this mapping's keys in place of their own, mappings within mappings likewise.
  /// Throws where a key is not among them.
  public func overlaid(on defaults: Tree, alsoKnown: [String] = []) throws -> Tree {
    try ConfigurationError.require(mapping != nil, "", "expected a mapping, 'key: value'")
    try checkKeys(among: (defaults.keys + alsoKnown).sorted())
    var merged = defaults
    for (key, value) in mapping?.sorted ?? [] {
      guard value.mapping != nil, let inner = defaults[key], inner.mapping != nil else {
        merged[key] = value
        continue
      }
      merged[key] = try ConfigurationError.inside(key) { try value.overlaid(on: inner) }
    }
    return merged
  }

  /// Throws where a mapping has a key that is not known.
  public func checkKeys(among known: [String]) throws(ConfigurationError) {
    for key in keys.sorted() where !known.contains(key) {
      throw ConfigurationError(key, unknown("key", key, among: known))
    }
  }
}
