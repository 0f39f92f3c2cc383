import Catalogues
import Tensors
import Training

/// Federated averaging in which each parameter is averaged over those whose it is: all clients, by
/// their samples, or those that have a modality, by their samples of that one.
///
/// What is a modality's own in the model (`encoder.stems: own`, `encoder.norms: own`) is so in the
/// mean: a client without sounds says nothing of what sounds alone go through. Rules may say
/// otherwise by parameters' names, or bind what is everyone's to one modality: the question of
/// FedCola (Sun et al., arXiv 2404.12467), as far as there is one global model. A parameter of a
/// modality that no client of the round has stays as it is.
public struct Modalitywise: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// The first whose `names` a parameter's name contains counts; without any it is `own`.
    public var rules: [Rule] = []
  }

  /// Over whom some parameters are averaged.
  public struct Rule: Codable, Sendable {
    /// A part of their names; an empty one is in every name.
    public var names: String
    /// `all` clients; those of the parameter's `own` modality, or all where it is everyone's; or
    /// those that have the modality of this name.
    public var over: String

    /// Refuses other keys, as options do.
    public init(from decoder: any Decoder) throws {
      let given = try decoder.singleValueContainer().decode(Tree.self)
      try ConfigurationError.inside("rules") { try given.checkKeys(among: ["names", "over"]) }
      let values = try decoder.container(keyedBy: CodingKeys.self)
      names = try values.decode(String.self, forKey: .names)
      over = try values.decode(String.self, forKey: .over)
    }

    func fits(_ entry: ParameterLayout.Entry) -> Bool {
      names.isEmpty || entry.name.contains(names)
    }
  }

  public static let name = "modalitywise"
  public static let summary = "FedAvg of each parameter over the clients that have its modality"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "rules": "of {names, over}: parameters with this in their names, over all, own or a modality"
  ]

  private static let words = ["all", "own"]
  private let rules: [Rule]

  public init(_ options: Options) { rules = options.rules }

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) throws -> Channels {
    for rule in rules {
      try ConfigurationError.require(
        model.entries.contains(where: rule.fits), "rules",
        "no parameter of the model has '\(rule.names)' in its name")
    }
    try ConfigurationError.require(
      model.entries.contains { modality(of: $0) != nil }, "",
      "modalitywise finds no parameter that is one modality's, so that it would be fedavg; take "
        + "encoder.stems: own, encoder.norms: own, or rules")
    return Channels()
  }

  public func check(modalities: [String]) throws {
    let scopes = Self.words + modalities
    for rule in rules where !scopes.contains(rule.over) {
      throw ConfigurationError("rules", unknown("scope", rule.over, among: scopes))
    }
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    ClientOutcome(
      model: Contribution(state.model, weights: weights(untrained: state.model, terms)))
  }

  public func weights(untrained global: ParameterVector, _ terms: ClientTerms) -> [Double] {
    global.layout.entries.map { entry in
      modality(of: entry).map { terms.modalityShares[$0] ?? 0 } ?? terms.share
    }
  }

  public func finish(_ round: ServerRound) {
    round.takeMean { entry in
      modality(of: entry).map { round.modalityShares[$0] } ?? round.share
    }
  }

  /// The modality whose clients an entry is averaged over; nil for all.
  private func modality(of entry: ParameterLayout.Entry) -> String? {
    switch rules.first(where: { $0.fits(entry) })?.over {
    case "all": nil
    case let scope? where !Self.words.contains(scope): scope
    default: entry.modality
    }
  }
}
