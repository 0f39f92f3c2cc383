import Catalogues
import Evaluation
import Jobs
import Views

/// Recognition of pairs without training (FSSUAVL Table 5): nearest neighbours by the joined
/// features of all modalities, and by those of each alone. With another run, that one gives the
/// features of one modality and this one those of the others (FVSSL + FASSL).
public struct JoinedEvaluation: PlugIn, EvaluationTask {
  public static let name = "joined"
  public static let summary =
    "pairs by nearest neighbours of joined features, and of each modality alone"

  public typealias Options = MergedOptions<PairOptions, NeighbourOptions, Own>

  public struct Own: SharedOptions {
    public static let meanings = [
      "with": "the folder of the other run; none where empty",
      "with_modality": "that the other run gives; where empty, the one that this run lacks",
      "normalise": "of each modality's features before they are joined: l2, none or standardised",
    ]
    public static let fileOptions = ["with"]

    /// The folder of the other run; none where empty.
    public var with = ""
    /// The modality that the other run gives; where empty, what it was trained on and this one was
    /// not.
    public var withModality = ""
    /// What is done to each modality's features before they are joined. Each alone is measured as
    /// it is.
    public var normalise = FeatureNormalisation.l2

    enum CodingKeys: String, CodingKey {
      case with, normalise
      case withModality = "with_modality"
    }

    public init() {}
  }

  public static let defaults = Options()
  public static let meanings = Options.meanings
  public static let fileOptions = Options.fileOptions
  private let pairs: PairOptions
  private let neighbours: NeighbourOptions
  private let own: Own

  public init(_ options: Options) throws {
    (pairs, neighbours, own) = options.groups
    try pairs.validate()
    try neighbours.validate()
    if !own.withModality.isEmpty { try modalities.require(own.withModality, at: "with_modality") }
    try ConfigurationError.require(
      own.withModality.isEmpty || !own.with.isEmpty, "with_modality",
      "there is no other run; give one with 'with'")
  }

  public var other: OtherModel? { own.with.isEmpty ? nil : OtherModel(folder: own.with) }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, _) = try pairs.workload()
    let output = neighbours.features
    // Each modality, and all.
    return EvaluationWorkload(
      embeddings: (train + test).map { .init(samples: $0, output: output) },
      neighbours: (test.map { _ in 1 } + [test.count]).map {
        .init(queries: test[0].count, bank: train[0].count, features: $0, output: output)
      })
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let run = try runs(context)
    let (train, test, classes) = try pairs.open(run: run, context.engine)
    return Prepared(context, neighbours, own.normalise, run, train, test, classes)
  }

  /// Which run gives a modality's features.
  private func runs(_ context: EvaluationContext) throws -> (_ modality: String) -> EvaluatedRun {
    let run = context.run
    guard let other = other.map(context.other) else { return { _ in run } }
    var given = own.withModality
    if given.isEmpty {
      let (own, others) = (run.job.modalityNames, other.job.modalityNames)
      let candidates = others.filter { !own.contains($0) }
      guard candidates.count == 1, own.contains(where: { !others.contains($0) }) else {
        throw JobError(
          path: other.path,
          message: "was trained on \(others.joined(separator: " and ")), \(run.path) on "
            + "\(own.joined(separator: " and ")); say with with_modality which features it gives")
      }
      given = candidates[0]
    }
    return { [given] in $0 == given ? other : run }
  }

  private final class Prepared: PreparedEvaluation {
    private let context: EvaluationContext
    private let options: NeighbourOptions
    private let normalisation: FeatureNormalisation
    private let run: (_ modality: String) -> EvaluatedRun
    private let train: Pairs
    private let test: Pairs
    private let classes: [String]

    init(
      _ context: EvaluationContext, _ options: NeighbourOptions,
      _ normalisation: FeatureNormalisation, _ run: @escaping (_ modality: String) -> EvaluatedRun,
      _ train: Pairs, _ test: Pairs,
      _ classes: [String]
    ) {
      self.context = context
      self.options = options
      self.normalisation = normalisation
      self.run = run
      self.train = train
      self.test = test
      self.classes = classes
    }

    var data: String {
      get throws {
        try (train.splits + test.splits).map { try $0.digest }.joined(separator: " ")
      }
    }

    func measure(_ state: ClassifierState) throws -> EvaluationOutcome? {
      let bank = try features(train)
      let queries = try features(test)
      let isRoot = context.communicator.rank == 0
      var outcome = EvaluationOutcome(classes: classes, test.splits)
      func add(_ name: String, _ bank: [Float], _ queries: [Float]) throws {
        let predicted = try context.predict(
          options, bank: bank, train.labels, queries, count: test.labels.count,
          classes: classes.count)
        if isRoot { outcome.addAccuracy("accuracy_\(name)", predicted) }
      }
      for (index, modality) in test.modalities.enumerated() {
        try add(modality, bank[index], queries[index])
      }
      let (pairs, asked) = (train.labels.count, test.labels.count)
      let normalised = bank.map { features in
        isRoot
          ? normalisation.fitted(to: features, dimension: features.count / pairs) : { $0 }
      }
      func joined(_ features: [[Float]], pairs: Int) -> [Float] {
        guard isRoot else { return [] }
        return PairedRecognition.joined(
          zip(normalised, features).map { $0($1) }, pairs: pairs)
      }
      try add("joined", joined(bank, pairs: pairs), joined(queries, pairs: asked))
      return isRoot ? outcome : nil
    }

    /// By modality, in the pairs' order.
    private func features(_ pairs: Pairs) throws -> [[Float]] {
      try pairs.splits.map {
        try context.features.of($0, run: run($0.modality), output: options.features)
      }
    }
  }
}
