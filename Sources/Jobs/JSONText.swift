import Foundation

/// A JSON-like tree as text, keys sorted: the same tree is always the same text.
public func jsonText(_ tree: [String: Any]) -> String {
  // A tree of YAML scalars is always valid JSON; numbers are finite.
  let data = try! JSONSerialization.data(
    withJSONObject: tree, options: [.sortedKeys, .withoutEscapingSlashes])
  return String(decoding: data, as: UTF8.self)
}

/// A tree's leaves by dotted path, each as JSON text. An empty mapping is a leaf.
public func leaves(_ tree: [String: Any], under path: String = "") -> [String: String] {
  var found: [String: String] = [:]
  for (key, value) in tree {
    let inner = path.isEmpty ? key : "\(path).\(key)"
    if let deeper = value as? [String: Any], !deeper.isEmpty {
      found.merge(leaves(deeper, under: inner)) { first, _ in first }
    } else {
      found[inner] = jsonLeaf(value)
    }
  }
  return found
}

/// One value as JSON text.
public func jsonLeaf(_ value: Any) -> String {
  String(jsonText(["": value]).dropFirst(4).dropLast())
}
