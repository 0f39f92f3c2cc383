import Foundation

/// `value` as a JSON object.
public func jsonObject(_ value: some Encodable) throws -> [String: Any] {
  let data = try JSONEncoder().encode(value)
  guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
    throw ConfigurationError("", "expected a mapping")
  }
  return object
}

/// Decodes options strictly: `defaults` overlaid by the keys given; a key that `defaults` does not
/// have is an error with the nearest name, as is a value of another type.
///
/// Synthesised `Decodable` ignores property defaults, so they are encoded first; that is why option
/// types have no optional properties (a nil would not be encoded, and its key be unknown).
/// - Parameter alsoKnown: keys that belong there but are read elsewhere, for the nearest name.
public func overlay<T: Codable>(
  _ given: [String: Any], on defaults: T, alsoKnown: [String] = []
) throws -> T {
  let merged = try merge(given, into: try jsonObject(defaults), alsoKnown: alsoKnown)
  do {
    let data = try JSONSerialization.data(withJSONObject: merged)
    return try JSONDecoder().decode(T.self, from: data)
  } catch let error as DecodingError {
    throw configurationError(error)
  }
}

/// `defaults` with the keys of `given` replaced, mappings merged key by key.
public func merge(
  _ given: [String: Any], into defaults: [String: Any], alsoKnown: [String] = []
) throws -> [String: Any] {
  var merged = defaults
  for (key, value) in given.sorted(by: { $0.key < $1.key }) {
    guard let known = defaults[key] else {
      throw ConfigurationError(
        key, unknown("key", key, among: (defaults.keys + alsoKnown).sorted()))
    }
    if let inner = known as? [String: Any], let given = value as? [String: Any] {
      do { merged[key] = try merge(given, into: inner) } catch let error as ConfigurationError {
        throw error.inside(key)
      }
    } else {
      merged[key] = value
    }
  }
  return merged
}

/// A decoding error as one line that names the key.
public func configurationError(_ error: DecodingError) -> ConfigurationError {
  func key(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
  switch error {
  case .typeMismatch(let type, let context):
    return ConfigurationError(key(context.codingPath), "expected \(plain(type))")
  case .valueNotFound(let type, let context):
    return ConfigurationError(key(context.codingPath), "no value; expected \(plain(type))")
  case .keyNotFound(let missing, let context):
    return ConfigurationError(key(context.codingPath + [missing]), "missing")
  case .dataCorrupted(let context):
    return ConfigurationError(key(context.codingPath), context.debugDescription)
  @unknown default:
    return ConfigurationError("", "\(error)")
  }
}

private func plain(_ type: Any.Type) -> String {
  switch type {
  case is Int.Type, is UInt64.Type: "a whole number"
  case is Float.Type, is Double.Type: "a number"
  case is Bool.Type: "true or false"
  case is String.Type: "a text"
  default: "a value of type \(type)"
  }
}
