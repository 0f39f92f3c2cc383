import Catalogues
import Evaluation
import Training

/// A job's `clients` section: how the samples become clients.
public struct ClientOptions: Sendable, Equatable {
  /// What each option means.
  public static let meanings = [
    "count": "clients that there are",
    "alpha": "Dirichlet's concentration, one number or one for each modality",
    "mix": "shares of clients by the modalities that they have; or missing: which share lacks each",
    "redistribute": "whether shards that their clients do not use go to others, not to nobody",
    "minimum": "the fewest samples of each modality that a client may have",
    "partitioner": "cuts samples into clients, one or one for each modality, in place of alpha",
  ]

  public var count: Int
  /// Dirichlet's concentration by modality, of those that plain `dirichlet` cuts; the resolved job
  /// has the partitioners of the others.
  public var alpha: [String: Double]
  /// Shares of clients by the modalities they have (`image+audio`, in the order of the data); they
  /// add up to 1.
  public var mix: [String: Double]
  /// Shares of clients that lack a modality, by its name, where the job says this in place of a
  /// mix, which is empty then.
  public var missing: [String: Double]
  /// Whether the shards that clients without a modality would have had go to those that have it,
  /// each whole to one of them; else these samples are unused. The paper does not say.
  public var redistribute: Bool
  /// The fewest samples of each modality that a client may have.
  public var minimum: Int
}

/// A job's `federation` section, but for its plug-ins.
public struct FederationOptions: Codable, Sendable, Equatable {
  /// What each option means.
  public static let meanings = [
    "rounds": "of the whole run",
    "participation": "the share of clients that a round trains",
    "checkpoint_every": "rounds from one checkpoint to the next; one is always at the end",
    "keep": "rounds whose checkpoints stay, to embed with later",
    "on_divergence": "stop, or skip: a client whose training ran away has no part in the round",
  ]

  public var rounds = 100
  /// The share of clients that a round trains.
  public var participation = 0.1
  /// Rounds from one checkpoint to the next; there is always one at the end.
  public var checkpointEvery = 1
  /// Rounds whose checkpoints stay, beside the two newest: models to embed later.
  public var keep: [Int] = []
  public var onDivergence = OnDivergence.stop

  enum CodingKeys: String, CodingKey {
    case rounds, participation, keep
    case checkpointEvery = "checkpoint_every"
    case onDivergence = "on_divergence"
  }

  func validate() throws(ConfigurationError) {
    try ConfigurationError.check("rounds", rounds, in: 1...1_000_000)
    try ConfigurationError.share("participation", participation, isSome: true)
    for round in keep where !(1...rounds).contains(round) {
      throw ConfigurationError(
        "keep", "\(round) is no round of this run: they are 1 to \(rounds) (federation.rounds)")
    }
    try ConfigurationError.check("checkpoint_every", checkpointEvery, in: 1...1_000_000)
  }
}

/// A job's `monitor` section: what is measured while the run goes on.
public struct MonitorOptions: Codable, Sendable, Equatable {
  /// What each option means.
  public static let meanings = [
    "every": "rounds from one measurement to the next; 0 for none",
    "drift": "whether results have how far a round's clients went apart, by layer",
    "features": "what kNN compares: \(Embedder.Output.meaning)",
    "knn.k": "neighbours; fewer where the bank is smaller",
    "knn.temperature": "of the neighbours' votes",
    "knn.bank": "samples of the bank, from the training split; 0 for all",
    "knn.queries": "samples that are measured, from the test split; 0 for all",
  ]

  public struct KNN: Codable, Sendable, Equatable {
    /// Neighbours; fewer where the bank is smaller.
    public var k = 200
    public var temperature = 0.1
    /// Samples of the bank (the training split) and of the queries (the test split), drawn by seed;
    /// 0: all.
    public var bank = 0
    public var queries = 0
  }

  /// Rounds from one measurement to the next; there is one before the first round and one at the
  /// end as well. 0: none at all.
  public var every = 10
  /// Whether results have, of each round and layer, how far the clients went apart (`Drift`).
  public var drift = false
  /// What kNN compares: the `encoder`'s features, or the `projection` that the loss sees. The paper
  /// does not say.
  public var features = Embedder.Output.features
  public var knn = KNN()

  /// Whether a model is measured after `round` of a run of so many; 0 is the model before training.
  public func isDue(after round: Int, of rounds: Int) -> Bool {
    every > 0 && (round % every == 0 || round == rounds)
  }

  func validate() throws {
    try ConfigurationError.check("every", every, in: 0...1_000_000)
    try ConfigurationError.inside("knn") {
      try Evaluation.KNN.check(k: knn.k, temperature: knn.temperature)
    }
    try ConfigurationError.check("knn.bank", knn.bank, in: 0...1_000_000_000)
    try ConfigurationError.check("knn.queries", knn.queries, in: 0...1_000_000_000)
  }
}
