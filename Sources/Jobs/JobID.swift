import Digests
import Foundation

/// The first 12 digits of a resolved job's SHA-256, without its name and the folders of its files.
public func jobID(_ resolved: [String: Any]) -> String {
  shortDigest(resolved.filter { !["name", "results", "shards"].contains($0.key) })
}

/// 12 digits of the SHA-256 of a tree's canonical JSON.
public func shortDigest(_ tree: [String: Any]) -> String {
  String(SHA256.hex(of: jsonText(reread(tree))).prefix(12))
}

/// A tree as it comes back from a file: so that numbers are of the same kinds.
public func reread(_ tree: [String: Any]) -> [String: Any] {
  let object = try? JSONSerialization.jsonObject(with: Data(jsonText(tree).utf8))
  return object as? [String: Any] ?? [:]
}
