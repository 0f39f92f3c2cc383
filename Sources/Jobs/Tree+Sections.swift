import Catalogues

/// How a job's sections are read. Errors name the key within the job.
extension Tree {
  /// The mapping at a key; empty where there is none.
  func section(_ key: String) throws -> Tree {
    guard let value = self[key], value != .null else { return [:] }
    guard value.mapping != nil else {
      throw ConfigurationError(key, "expected a mapping, 'key: value'")
    }
    return value
  }

  /// The options of a section, and what it has besides: the keys that are read elsewhere.
  /// - Parameter old: keys of these that no message offers.
  func section<Options: Codable>(
    _ key: String, on defaults: Options, besides: [String] = [], or old: [String] = []
  ) throws -> (options: Options, others: Tree) {
    let (given, others) = (try section(key), besides + old)
    let options = try ConfigurationError.inside(key) {
      try overlay(given.without(others), on: defaults, alsoKnown: besides)
    }
    return (options, given.without(given.keys.filter { !others.contains($0) }))
  }

  /// The text at a key, which is not empty; nil where there is none.
  public func text(_ key: String) throws -> String? {
    guard let value = self[key] else { return nil }
    guard let text = value.text, !text.isEmpty else {
      throw ConfigurationError(key, "expected a string")
    }
    return text
  }
}

extension Catalogue {
  /// The settings at a key with every default. Options without a name are those of `usual`.
  func complete(_ section: Tree, _ key: String, else usual: String) throws -> Tree {
    try ConfigurationError.inside(key) { try resolve(named(section[key], usual)) }
  }

  /// What settings name, its errors inside a key.
  func make(_ settings: Tree, at key: String) throws -> Product {
    try ConfigurationError.inside(key) { try make(settings) }
  }
}

/// A plug-in's settings; options without a name are those of the usual one.
func named(_ settings: Tree?, _ usual: String) -> Tree {
  guard let settings else { return .text(usual) }
  guard settings.mapping != nil, settings["name"] == nil else { return settings }
  return settings.with(["name": .text(usual)])
}
