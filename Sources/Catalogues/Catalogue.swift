import Synchronization

/// A visible list of algorithms that job files choose by name.
///
/// Settings arrive as a tree: `{"name": "simclr", "temperature": 0.2}`, or the bare name.
/// A program that has these targets as a library adds entries of its own (`add`) before it reads a
/// job.
public final class Catalogue<Product>: Sendable {
  public struct Entry: Sendable {
    public let name: String
    public let summary: String
    /// The options with their defaults.
    public let defaults: @Sendable () throws -> Tree
    /// What each option means, by its key; empty where that is not said.
    public let meanings: [String: String]
    /// The options that name files.
    public let fileOptions: [String]
    let make: @Sendable (Tree) throws -> Product
    let resolve: @Sendable (Tree) throws -> Tree

    /// The entry of a plug-in; `cast` turns it into the catalogue's product.
    public init<P: PlugIn>(_ type: P.Type, as cast: @escaping @Sendable (P) -> Product) {
      name = P.name
      summary = P.summary
      defaults = { try Tree(encoding: P.defaults) }
      meanings = P.meanings
      fileOptions = P.fileOptions
      make = { given in cast(try P(try P.complete(given).decode())) }
      // Through the options' type, so that 3 and 3.0 resolve to the same.
      resolve = { given in try Tree(encoding: P.complete(given).decode(P.Options.self)) }
    }
  }

  /// What the entries are, for messages: "aggregator".
  public let kind: String
  private let list: Mutex<[Entry]>

  public init(_ kind: String, _ entries: [Entry]) {
    self.kind = kind
    list = Mutex([])
    for entry in entries { add(entry) }
  }

  public var entries: [Entry] { list.withLock { $0 } }

  /// Adds an entry after the others. No other may have its name.
  public func add(_ entry: Entry) {
    list.withLock { list in
      precondition(
        !list.contains { $0.name == entry.name }, "two \(kind)s of the name \(entry.name)")
      list.append(entry)
    }
  }

  public var names: [String] { entries.map(\.name) }

  private var article: String { "aeiou".contains(kind.first ?? " ") ? "an" : "a" }

  public func entry(named name: String) throws -> Entry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw ConfigurationError("name", unknown(kind, name, among: names))
    }
    return entry
  }

  /// Throws where there is no entry of a name that stands at a key.
  public func require(_ name: String, at key: String) throws(ConfigurationError) {
    guard names.contains(name) else {
      throw ConfigurationError(key, unknown(kind, name, among: names))
    }
  }

  /// The product that `settings` names: `{name: …, options}` or the name alone.
  public func make(_ settings: Tree) throws -> Product {
    let (entry, options) = try split(settings)
    return try entry.make(options)
  }

  /// The product of a name, all its options at their defaults.
  public func make(_ name: String) throws -> Product { try make(.text(name)) }

  /// `settings` with every default filled in, for the resolved job.
  public func resolve(_ settings: Tree) throws -> Tree {
    let (entry, options) = try split(settings)
    return try entry.resolve(options).with(["name": .text(entry.name)])
  }

  public func resolve(_ name: String) throws -> Tree { try resolve(.text(name)) }

  /// The options that name files, of the plug-in that `settings` names.
  public func fileOptions(of settings: Tree) throws -> [String] {
    try split(settings).0.fileOptions
  }

  private func split(_ settings: Tree) throws -> (Entry, options: Tree) {
    if let name = settings.text { return (try entry(named: name), [:]) }
    guard settings.mapping != nil else {
      throw ConfigurationError("", "expected \(article) \(kind): its name, or {name: …, options}")
    }
    guard let name = settings["name"]?.text else {
      throw ConfigurationError(
        "name", "missing; \(kind)s are: \(names.joined(separator: ", "))")
    }
    return (try entry(named: name), settings.without(["name"]))
  }
}
