import Catalogues
import Evaluation

/// The classes of the nearest neighbours among the training samples (FSSUAVL §4, Wu et al. 2018).
public struct KNNEvaluation: PlugIn, EvaluationTask {
  public static let name = "knn"
  public static let summary = "weighted k nearest neighbours by the features' cosine"

  public typealias Options = MergedOptions<SampleOptions, NeighbourOptions>

  public static let defaults = Options()
  public static let meanings = Options.meanings
  public static let fileOptions = Options.fileOptions
  private let samples: SampleOptions
  private let neighbours: NeighbourOptions

  public init(_ options: Options) throws {
    (samples, neighbours) = options.groups
    try samples.validate()
    try neighbours.validate()
  }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, _) = try samples.workload()
    let output = neighbours.features
    return EvaluationWorkload(
      embeddings: [train, test].map { .init(samples: $0, output: output) },
      neighbours: [
        .init(queries: test.count, bank: train.count, features: 1, output: output)
      ])
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let (train, test, classes) = try samples.open(context)
    return Prepared(context, neighbours, train, test, classes)
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
      let output = options.features
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
public struct NeighbourOptions: SharedOptions, Equatable {
  public static let meanings = [
    "k": "neighbours; fewer where the bank is smaller",
    "temperature": "of the neighbours' votes",
    "features": "encoder (before the head) or projection (after it)",
  ]

  /// Neighbours; fewer where the bank is smaller.
  public var k = 200
  public var temperature = 0.1
  public var features = Embedder.Output.features

  public init() {}

  func validate() throws { try KNN.check(k: k, temperature: temperature) }

  var knn: KNN { KNN(k: k, temperature: temperature) }
}
