import Catalogues
import Evaluation
import Machines

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
      let predicted = try context.predict(
        options, bank: bank, train.labels, queries, count: test.labels.count,
        classes: classes.count)
      guard context.communicator.rank == 0 else { return nil }
      var outcome = EvaluationOutcome(classes: classes, [test])
      outcome.addAccuracy("accuracy", predicted)
      return outcome
    }
  }
}

/// How neighbours are asked.
public struct NeighbourOptions: SharedOptions, Equatable {
  public static let meanings = [
    "k": "neighbours; fewer where the bank is smaller",
    "temperature": "of the neighbours' votes",
    "features": Embedder.Output.meaning,
  ]

  /// Neighbours; fewer where the bank is smaller.
  public var k = 200
  public var temperature = 0.1
  public var features = Embedder.Output.features

  public init() {}

  func validate() throws { try KNN.check(k: k, temperature: temperature) }

  var knn: KNN { KNN(k: k, temperature: temperature) }
}

extension EvaluationContext {
  /// The predicted class of each query, by neighbours, on rank 0; none elsewhere. A collective.
  func predict(
    _ options: NeighbourOptions, bank: [Float], _ labels: [Int32], _ queries: [Float], count: Int,
    classes: Int
  ) throws -> [Int32] {
    try options.knn.predict(
      bank: bank, labels: labels, queries: queries, count: count, classes: classes, engine,
      communicator, isStopped: { StopSignal.isReceived })
  }
}
