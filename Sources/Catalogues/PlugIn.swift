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
  /// Throws `ConfigurationError` where an option has an impossible value.
  init(_ options: Options) throws
}

extension PlugIn {
  public static var meanings: [String: String] { [:] }
  public static var fileOptions: [String] { [] }
}

/// Options of something that has none.
public struct NoOptions: Codable, Sendable, Equatable {
  public init() {}
}
