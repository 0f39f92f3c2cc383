import Catalogues
import Evaluation
import Jobs
import LinearAlgebra

/// How the modalities lie in the space of features: how well a linear classifier tells them apart,
/// the gap and the principal angles between them, effective ranks, alignment and uniformity, and
/// linear CKA with another model's features or, where samples are pairs, between modalities.
public struct GeometryEvaluation: PlugIn, EvaluationTask {
  public static let name = "geometry"
  public static let summary =
    "how modalities lie in feature space: separability, angles, ranks, uniformity, CKA"

  public typealias Options = MergedOptions<GeometrySamples, Own>

  public struct Own: SharedOptions {
    public static let meanings = [
      "features": Embedder.Output.meaning,
      "directions": "of most variance, which span a modality's subspace",
      "shrinkage": "of the covariance by which modalities are told apart",
      "alignment": "whether two training views of each sample are embedded too",
      "with": "the folder of another run, to compare features with; none where empty",
      "with_round": "a round of that run, or of this one; 0 is the newest",
    ]
    public static let fileOptions = ["with"]

    public var features = Embedder.Output.features
    /// How many directions of most variance span a modality's subspace.
    public var directions = 10
    /// γ of `DiscriminantAnalysis`.
    public var shrinkage = 0.01
    /// Whether two training views of each sample are embedded too.
    public var alignment = true
    /// The folder of another run; none where empty.
    public var with = ""
    /// A round of the other run, or of this one where there is no other; the newest where 0.
    public var withRound = 0

    enum CodingKeys: String, CodingKey {
      case features, directions, shrinkage, alignment, with
      case withRound = "with_round"
    }

    public init() {}
  }

  public static let defaults = Options()
  public static let meanings = Options.meanings
  public static let fileOptions = Options.fileOptions
  let samples: GeometrySamples
  let own: Own
  let separability: Separability

  public init(_ options: Options) throws {
    (samples, own) = options.groups
    try samples.validate()
    separability = try Separability(shrinkage: own.shrinkage)
    try ConfigurationError.check("directions", own.directions, in: 1...65_536)
    try ConfigurationError.require(
      own.withRound >= 0, "with_round", "\(own.withRound) is no round; 0 is the newest")
  }

  public var other: OtherModel? {
    guard !own.with.isEmpty || own.withRound > 0 else { return nil }
    return OtherModel(
      folder: own.with.isEmpty ? nil : own.with, round: own.withRound > 0 ? own.withRound : nil)
  }

  public func workload() throws -> EvaluationWorkload {
    let (sets, arePaired) = try samples.chosen()
    let all = sets.map {
      EvaluationWorkload.Samples(
        data: $0.store.path, modality: $0.modality, split: samples.test, arePaired: arePaired,
        count: $0.rows.count)
    }
    return EvaluationWorkload(
      geometryOf: all, output: own.features, views: own.alignment ? 2 : 0,
      isCompared: other != nil)
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let (sets, arePaired) = try samples.chosen()
    let names = sets.map(\.modality)
    let run = context.run
    let known = run.job.modalityNames
    guard known.count > 1 else {
      throw JobError(
        path: run.path,
        message: "was trained on \(known[0]) alone, and geometry compares the modalities of one "
          + "model; give a run of two or more")
    }
    if let stranger = names.first(where: { !known.contains($0) }) {
      throw JobError(
        path: run.path,
        message: "was trained on \(known.joined(separator: " and ")), not on \(stranger); give "
          + "stores without it")
    }
    func split(_ set: GeometrySamples.Chosen, _ run: EvaluatedRun) throws -> EvaluatedSplit {
      try EvaluatedSplit(
        set.store, modality: set.modality, split: samples.test, rows: set.rows, run: run,
        context.engine)
    }
    let splits = try sets.map { try split($0, run) }
    let others = try other.map(context.other).map { other in
      let common = sets.filter { other.job.modalityNames.contains($0.modality) }
      guard other.modelHash != run.modelHash else {
        throw JobError(
          path: other.path,
          message: "its model after round \(other.round) is the evaluated one; give another run or "
            + "round")
      }
      guard !common.isEmpty else {
        throw JobError(
          path: other.path,
          message: "was trained on \(other.job.modalityNames.joined(separator: " and ")); there is "
            + "nothing to compare of \(names.joined(separator: " and "))")
      }
      return (run: other, splits: try common.map { try split($0, other) })
    }
    if context.communicator.rank == 0 { try OpenBLAS.require() }
    return GeometryMeasurement(context, self, splits, arePaired: arePaired, other: others)
  }
}
