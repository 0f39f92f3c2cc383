import Foundation

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

  /// Throws where a number is not above 0, or would be 0 or infinite in Float32.
  public static func positive(_ key: String, _ value: Double) throws(ConfigurationError) {
    try require(value > 0, key, "\(value) is not above 0")
    try check(key, value, in: 1e-30...1e30)
  }

  /// Throws where a number is below 0, or would be infinite in Float32.
  public static func notNegative(_ key: String, _ value: Double) throws(ConfigurationError) {
    try require(value >= 0, key, "\(value) is below 0")
    try require(value <= 1e30, key, "\(value) is above 1e+30")
  }

  /// Throws where a number is no share of a whole. Files write shares as `20%`, and so do messages.
  /// - Parameters:
  ///   - isSome: whether it must be above 0 %.
  ///   - leavesRest: whether it must be below 100 %.
  public static func share(
    _ key: String, _ value: Double, isSome: Bool = false, leavesRest: Bool = false
  ) throws(ConfigurationError) {
    let isShare =
      (isSome ? value > 0 : value >= 0) && (leavesRest ? value < 1 : value <= 1)
    let percent = String(format: "%g", value * 100)
    try require(
      isShare, key,
      "\(percent) % is not a share \(isSome ? "above" : "from") 0 %, "
        + "\(leavesRest ? "below" : "at most") 100 %")
  }

  /// Throws where a number is no factor that lets something fade: 0 to below 1.
  public static func fraction(_ key: String, _ value: Double) throws(ConfigurationError) {
    try require((0..<1).contains(value), key, "\(value) is not in 0 ..< 1")
  }

  public var description: String { (key.isEmpty ? message : "\(key): \(message)").oneLine }

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
