import Catalogues
import Evaluation
import Jobs

/// Recognition of pairs without training (FSSUAVL Table 5): nearest neighbours by the joined
/// features of image and sound, and by those of either alone. With another run, one gives the
/// images' features and the other the sounds' (FVSSL + FASSL).
public struct JoinedEvaluation: PlugIn, EvaluationTask {
  public static let name = "joined"
  public static let summary = "pairs by nearest neighbours of joined features, and of either alone"

  public struct Options: Codable, Sendable {
    public var pairs = PairOptions()
    public var neighbours = NeighbourOptions()
    public var own = Own()

    public struct Own: Codable, Sendable {
      /// The folder of the other run; none where empty.
      public var with = ""
      /// What the other run gives, `image` or `audio`; where empty, what it was trained on and this
      /// one was not.
      public var withModality = ""

      enum CodingKeys: String, CodingKey {
        case with
        case withModality = "with_modality"
      }
    }

    public init() {}

    public init(from decoder: any Decoder) throws {
      pairs = try PairOptions(from: decoder)
      neighbours = try NeighbourOptions(from: decoder)
      own = try Own(from: decoder)
    }

    public func encode(to encoder: any Swift.Encoder) throws {
      try pairs.encode(to: encoder)
      try neighbours.encode(to: encoder)
      try own.encode(to: encoder)
    }
  }

  public static var defaults: Options { Options() }
  private let options: Options

  public init(_ options: Options) throws {
    try options.pairs.validate()
    try options.neighbours.validate()
    let names = ["", "image", "audio"]
    guard names.contains(options.own.withModality) else {
      throw ConfigurationError(
        "with_modality",
        unknown("modality", options.own.withModality, among: ["image", "audio"]))
    }
    guard options.own.withModality.isEmpty || !options.own.with.isEmpty else {
      throw ConfigurationError("with_modality", "there is no other run; give one with 'with'")
    }
    self.options = options
  }

  public var otherRun: String? { options.own.with.isEmpty ? nil : options.own.with }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, _) = try options.pairs.workload()
    let output = try options.neighbours.output
    // Images, sounds, both.
    return EvaluationWorkload(
      embeddings: (train + test).map { .init(samples: $0, output: output) },
      neighbours: [1, 1, 2].map {
        .init(queries: test[0].count, bank: train[0].count, features: $0, output: output)
      })
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let (image, audio) = try runs(context)
    let (train, test, classes) = try options.pairs.open(
      image: image, audio: audio, context.engine)
    return Prepared(
      context, options.neighbours, image: image, audio: audio, train, test, classes)
  }

  /// Which run gives which features.
  private func runs(_ context: EvaluationContext) throws -> (
    image: EvaluatedRun, audio: EvaluatedRun
  ) {
    let run = context.run
    guard let path = otherRun else { return (run, run) }
    let other = context.other(path)
    var given = options.own.withModality
    if given.isEmpty {
      let (own, others) = (run.job.modalityNames, other.job.modalityNames)
      let candidates = others.filter { !own.contains($0) }
      guard candidates.count == 1, own.contains(where: { !others.contains($0) }) else {
        throw JobError(
          path: path,
          message: "was trained on \(others.joined(separator: " and ")), \(run.path) on "
            + "\(own.joined(separator: " and ")); say with with_modality which features it gives")
      }
      given = candidates[0]
    }
    return given == "image" ? (other, run) : (run, other)
  }

  private final class Prepared: PreparedEvaluation {
    private let context: EvaluationContext
    private let options: NeighbourOptions
    private let image: EvaluatedRun
    private let audio: EvaluatedRun
    private let train: Pairs
    private let test: Pairs
    private let classes: [String]

    init(
      _ context: EvaluationContext, _ options: NeighbourOptions, image: EvaluatedRun,
      audio: EvaluatedRun, _ train: Pairs, _ test: Pairs, _ classes: [String]
    ) {
      self.context = context
      self.options = options
      self.image = image
      self.audio = audio
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
      var outcome: EvaluationOutcome?
      try context.communicator.agreeOnRoot {
        var own = EvaluationOutcome(classes: classes, labels: test.labels)
        own.addAccuracy("accuracy_image", predict(bank.image, queries.image))
        own.addAccuracy("accuracy_audio", predict(bank.audio, queries.audio))
        own.addAccuracy("accuracy_joined", predict(joined(bank, train), joined(queries, test)))
        outcome = own
      }
      return outcome
    }

    private typealias Features = (image: [Float], audio: [Float])

    private func features(_ pairs: Pairs) throws -> Features {
      let output = try options.output
      return (
        try context.features.of(pairs.image, run: image, output: output),
        try context.features.of(pairs.audio, run: audio, output: output)
      )
    }

    private func joined(_ features: Features, _ pairs: Pairs) -> [Float] {
      let count = pairs.labels.count
      return PairedRecognition.joined(
        features.image, dimension: features.image.count / count, features.audio,
        dimension: features.audio.count / count)
    }

    private func predict(_ bank: [Float], _ queries: [Float]) -> [Int32] {
      options.knn.predict(
        bank: bank, labels: train.labels, queries: queries,
        dimension: bank.count / train.labels.count, classes: classes.count, context.engine)
    }
  }
}
