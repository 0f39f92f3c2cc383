import Catalogues

/// The order of the modalities' batches within an epoch.
public enum BatchOrder: Sendable, Equatable {
  /// Of each modality one in turn, until one runs out, then the rest.
  case alternate
  /// All of one modality, then the rest.
  case first(String)
  case random

  /// Spellings of before modalities went by name.
  private static let older = ["images-first": "image", "sounds-first": "audio"]

  private init?(word: String) {
    switch word {
    case "alternate": self = .alternate
    case "random": self = .random
    default:
      if let modality = Self.older[word] {
        self = .first(modality)
      } else if word.hasPrefix("first:") {
        self = .first(String(word.dropFirst("first:".count)))
      } else {
        return nil
      }
    }
  }

  private var word: String {
    switch self {
    case .alternate: "alternate"
    case .first(let modality): "first:\(modality)"
    case .random: "random"
    }
  }
}

extension BatchOrder: Codable {
  public init(from decoder: any Decoder) throws {
    let word = try decoder.singleValueContainer().decode(String.self)
    guard let order = Self(word: word) else {
      throw ConfigurationError(
        "order",
        unknown("order", word, among: ["alternate", "first:MODALITY", "random"]))
    }
    self = order
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(word)
  }
}
