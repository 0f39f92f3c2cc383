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
  /// What each option means, by its key in job files: a line for `motet describe`.
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

/// A setting that cannot be: names the key, what is wrong and the mend, in one line.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable {
  public let key: String
  public let message: String

  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }

  /// Throws where a whole number is outside its range.
  public static func check(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
      throw ConfigurationError(
        key, "\(value) is outside \(range.lowerBound) to \(range.upperBound)")
    }
  }

  public var description: String { key.isEmpty ? message : "\(key): \(message)" }

  /// The same error seen from one level up: `alpha` inside `clients` becomes `clients.alpha`.
  public func inside(_ parent: String) -> ConfigurationError {
    ConfigurationError(key.isEmpty ? parent : "\(parent).\(key)", message)
  }
}
