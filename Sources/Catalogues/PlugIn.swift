/// One entry of a catalogue: an algorithm that a job file names, with its options.
///
/// File, type and `name` determine one another: `LDAWA.swift`, `LDAWA`, `ldawa`.
public protocol PlugIn: SendableMetatype {
  associatedtype Options: Codable & Sendable & SendableMetatype

  /// The name in job files.
  static var name: String { get }
  /// One line for `motet describe`.
  static var summary: String { get }
  /// The options that hold where the job file is silent.
  static var defaults: Options { get }
  /// What each option means, by its key in job files, keys within keys dotted: a line for
  /// `motet describe`. A test compares the keys with those of `defaults`.
  static var meanings: [String: String] { get }
  /// The options that name files. In a job file they are relative to it.
  static var fileOptions: [String] { get }
  /// What a job file gives (without the name), with every default filled in. A plug-in has its own
  /// where some defaults depend on what is given. Throws `ConfigurationError` where a key is not
  /// known.
  static func complete(_ given: Tree) throws -> Tree
  /// Throws `ConfigurationError` where an option has an impossible value.
  init(_ options: Options) throws
}

extension PlugIn {
  public static var meanings: [String: String] { [:] }
  public static var fileOptions: [String] { [] }
  public static func complete(_ given: Tree) throws -> Tree {
    try given.overlaid(on: Tree(encoding: defaults))
  }
}

/// Options of something that has none.
public struct NoOptions: Codable, Sendable, Equatable {
  public init() {}
}
