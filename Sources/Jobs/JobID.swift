import Catalogues
import Digests

/// The digest of a resolved job without its name and the folders of its files: the same job has
/// the same id in any sweep, and in any version that has all its options.
public func jobID(_ resolved: Tree) -> String {
  laterOptions.reduce(resolved.without(["name", "results", "shards"])) { job, option in
    job[path: option.path] == option.before ? job.removing(option.path) : job
  }.digest
}

/// A resolved job of another version with what it left unsaid: options that came later, as they
/// were before.
public func filled(_ resolved: Tree) -> Tree {
  laterOptions.reduce(resolved) { job, option in
    job[path: option.path] == nil ? job.replacing(option.path, by: option.before) : job
  }
}

/// Options that came after runs were made whose ids are to stay, each with the value that says what
/// was before it: a job with that value has the id that it had.
private let laterOptions: [(path: String, before: Tree)] = [("training.state", "fresh")]

extension Tree {
  /// 12 digits of the SHA-256 of the tree's JSON.
  public var digest: String { String(SHA256.hex(of: json).prefix(12)) }
}
