import Catalogues
import Digests

/// The digest of a resolved job without its name and the folders of its files: the same job has
/// the same id in any sweep.
public func jobID(_ resolved: Tree) -> String {
  resolved.without(["name", "results", "shards"]).digest
}

extension Tree {
  /// 12 digits of the SHA-256 of the tree's JSON.
  public var digest: String { String(SHA256.hex(of: json).prefix(12)) }
}
