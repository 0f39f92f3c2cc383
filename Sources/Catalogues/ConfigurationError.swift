/// A setting that cannot be: names the key, what is wrong and the mend, in one line.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable {
  public let key: String
  public let message: String

  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }

  /// Throws where a condition does not hold.
  public static func require(
    _ condition: Bool, _ key: String, _ message: @autoclosure () -> String
  ) throws(ConfigurationError) {
    if !condition { throw ConfigurationError(key, message()) }
  }

  /// Throws where a number is outside its range.
  public static func check<Value: Comparable>(
    _ key: String, _ value: Value, in range: ClosedRange<Value>
  ) throws(ConfigurationError) {
    // A whole number is written as one, whatever its type.
    func plain(_ bound: Value) -> String {
      let text = "\(bound)"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    try require(
      range.contains(value), key,
      "\(value) is outside \(plain(range.lowerBound)) to \(plain(range.upperBound))")
  }

  public var description: String { key.isEmpty ? message : "\(key): \(message)" }

  /// The same error seen from one level up: `alpha` inside `clients` becomes `clients.alpha`.
  public func inside(_ parent: String) -> ConfigurationError {
    ConfigurationError(key.isEmpty ? parent : "\(parent).\(key)", message)
  }

  /// What `body` gives; an error in a setting names the key that the settings are in.
  public static func inside<Result>(
    _ parent: String, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as ConfigurationError { throw error.inside(parent) }
  }
}
