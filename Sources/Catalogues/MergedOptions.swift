/// Options that several plug-ins share, each beside its own.
public protocol SharedOptions: Codable, Sendable {
  /// What each option means, by its key.
  static var meanings: [String: String] { get }
  /// Those that name files (`PlugIn.fileOptions`).
  static var fileOptions: [String] { get }
  /// With the options that hold where the job file is silent.
  init()
}

extension SharedOptions {
  public static var fileOptions: [String] { [] }
}

/// The options of several groups, side by side in one mapping. No two groups have a key in common.
public struct MergedOptions<each Group: SharedOptions>: Codable, Sendable {
  public var groups: (repeat each Group)

  public init() { groups = (repeat (each Group)()) }

  public init(from decoder: any Decoder) throws {
    groups = (repeat try (each Group)(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    repeat try (each groups).encode(to: encoder)
  }

  public static var meanings: [String: String] {
    var all: [String: String] = [:]
    for meanings in repeat (each Group).meanings {
      all.merge(meanings) { _, _ in preconditionFailure("two groups have an option in common") }
    }
    return all
  }

  public static var fileOptions: [String] {
    var all: [String] = []
    for options in repeat (each Group).fileOptions { all += options }
    return all
  }
}
