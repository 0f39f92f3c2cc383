import Foundation

extension Tree: Codable {
  public init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: JSONKey.self) {
      let keys = keyed.allKeys.sorted { $0.stringValue < $1.stringValue }
      self.init(try keys.map { ($0.stringValue, try keyed.decode(Tree.self, forKey: $0)) })
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode(Int.self) {
      self = .whole(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else {
      self = .list(try container.decode([Tree].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .mapping(let mapping) = self {
      var keyed = encoder.container(keyedBy: JSONKey.self)
      for (key, value) in mapping { try keyed.encode(value, forKey: JSONKey(key)) }
      return
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .flag(let value): try container.encode(value)
    case .whole(let value): try container.encode(value)
    case .real(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .mapping: break
    }
  }

  private struct JSONKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// What a value encodes to.
  public init(encoding value: some Encodable) throws {
    self = try JSONDecoder().decode(Tree.self, from: JSONEncoder().encode(value))
  }

  /// Throws a `ConfigurationError` of the key "" where the text is no JSON, or nested too deeply.
  public init(json text: some StringProtocol) throws {
    do { self = try JSONDecoder().decode(Tree.self, from: Data(text.utf8)) } catch {
      throw ConfigurationError("", "not JSON, or numbers that are not finite")
    }
    try checkDepth()
  }

  /// The tree as JSON, keys sorted: equal trees are the same text.
  public var json: String { json([]) }

  /// The same over several lines.
  public var prettyJSON: String { json(.prettyPrinted) }

  private func json(_ formatting: JSONEncoder.OutputFormatting) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // What a file or an option gives is at most `deepest` deep, which is far from the encoder's
    // limit, and it has no other.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }

  /// The tree for a person: a text or what is no finite number without quotes, all else as JSON.
  public var plain: String {
    switch self {
    case .text(let text): text
    case .real(let number) where !number.isFinite: "\(number)"
    default: json
    }
  }
}
