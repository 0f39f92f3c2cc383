/// An option that is one of a few words: an enum whose raw values are the words. Any other word is
/// an error that names the key and the nearest word.
public protocol WordOption: RawRepresentable, CaseIterable, Codable, Sendable
where RawValue == String {}

extension WordOption {
  public static var words: [String] { allCases.map(\.rawValue) }

  public init(from decoder: any Decoder) throws {
    let word = try decoder.singleValueContainer().decode(String.self)
    guard let value = Self(rawValue: word) else {
      let path = decoder.codingPath
      throw ConfigurationError(
        path.key, unknown(path.last?.stringValue ?? "word", word, among: Self.words))
    }
    self = value
  }
}
