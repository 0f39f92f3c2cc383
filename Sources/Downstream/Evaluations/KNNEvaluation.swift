import Catalogues
import Evaluation

/// The classes of the nearest neighbours among the training samples (FSSUAVL §4, Wu et al. 2018).
public struct KNNEvaluation: PlugIn, EvaluationTask {
  public static let name = "knn"
  public static let summary = "weighted k nearest neighbours by the features' cosine"

  public struct Options: Codable, Sendable {
    public var samples = SampleOptions()
    public var neighbours = NeighbourOptions()

    public init() {}

    public init(from decoder: any Decoder) throws {
      samples = try SampleOptions(from: decoder)
      neighbours = try NeighbourOptions(from: decoder)
    }

    public func encode(to encoder: any Swift.Encoder) throws {
      try samples.encode(to: encoder)
      try neighbours.encode(to: encoder)
    }
  }

  public static var defaults: Options { Options() }
  public static let meanings = joined(
    [SampleOptions.meanings, NeighbourOptions.meanings])
  private let options: Options

  public init(_ options: Options) throws {
    try options.samples.validate()
    try options.neighbours.validate()
    self.options = options
  }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, _) = try options.samples.workload()
    let output = try options.neighbours.output
    return EvaluationWorkload(
      embeddings: [train, test].map { .init(samples: $0, output: output) },
      neighbours: [
        .init(queries: test.count, bank: train.count, features: 1, output: output)
      ])
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let (train, test, classes) = try options.samples.open(context)
    return Prepared(context, options.neighbours, train, test, classes)
  }

  private final class Prepared: PreparedEvaluation {
    private let context: EvaluationContext
    private let options: NeighbourOptions
    private let train: EvaluatedSplit
    private let test: EvaluatedSplit
    private let classes: [String]

    init(
      _ context: EvaluationContext, _ options: NeighbourOptions, _ train: EvaluatedSplit,
      _ test: EvaluatedSplit, _ classes: [String]
    ) {
      self.context = context
      self.options = options
      self.train = train
      self.test = test
      self.classes = classes
    }

    var data: String { get throws { try [train.digest, test.digest].joined(separator: " ") } }

    func measure(_ state: ClassifierState) throws -> EvaluationOutcome? {
      let output = try options.output
      let bank = try context.features.of(train, run: context.run, output: output)
      let queries = try context.features.of(test, run: context.run, output: output)
      var outcome: EvaluationOutcome?
      try context.communicator.agreeOnRoot {
        var own = EvaluationOutcome(classes: classes, labels: test.labels)
        own.addAccuracy(
          "accuracy",
          options.knn.predict(
            bank: bank, labels: train.labels, queries: queries,
            dimension: bank.count / train.rows.count, classes: classes.count,
            context.engine))
        outcome = own
      }
      return outcome
    }
  }
}

/// How neighbours are asked.
public struct NeighbourOptions: Codable, Sendable, Equatable {
  /// What each option means.
  public static let meanings = [
    "k": "neighbours; fewer where the bank is smaller",
    "temperature": "of the neighbours' votes",
    "features": "encoder (before the head) or projection (behind it)",
  ]

  /// Neighbours; fewer where the bank is smaller.
  public var k = 200
  public var temperature = 0.1
  /// `encoder`: before the head. `projection`: behind it.
  public var features = "encoder"

  func validate() throws {
    try ConfigurationError.require(k >= 1, "k", "\(k) is below 1")
    try ConfigurationError.require(
      temperature >= 1e-3 && temperature.isFinite, "temperature", "\(temperature) is below 0.001")
    _ = try output
  }

  var knn: KNN { KNN(k: k, temperature: temperature) }

  var output: Embedder.Output {
    get throws { try Embedder.Output(setting: features) }
  }
}

extension Embedder.Output {
  public init(setting word: String) throws {
    guard let value = Self(rawValue: word) else {
      throw ConfigurationError(
        "features", unknown("features", word, among: Self.allCases.map(\.rawValue)))
    }
    self = value
  }
}
