import Catalogues

/// Options of SGD that files may have beside `optimizer`, from when there was no other.
public struct OptionsBeside: Sendable {
  public let keys: [String]

  public init(_ keys: [String]) { self.keys = keys }

  /// A section with what stands beside its optimizer put into it.
  public func folded(_ section: Tree) throws -> Tree {
    try keys.reduce(section) { section, key in
      guard let value = section[key] else { return section }
      guard section["optimizer"]?[key] == nil else {
        throw ConfigurationError(key, "is among optimizer's options too; leave one of them out")
      }
      return section.replacing("optimizer.\(key)", by: value)
    }
  }

  /// What `body` makes of a section; an error in an option that was given beside the optimizer
  /// names the key that is there.
  public func naming<Result>(_ section: Tree, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as ConfigurationError {
      let old = keys.first { error.key == "optimizer.\($0)" && section[$0] != nil }
      throw old.map { ConfigurationError($0, "as the optimizer's: \(error.message)") } ?? error
    }
  }
}
