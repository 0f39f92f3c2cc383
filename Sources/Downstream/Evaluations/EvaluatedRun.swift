import Catalogues
import Checkpoints
import Encoders
import Foundation
import Jobs
import Layers
import MessagePassing
import Tensors
import Views

/// A pretrained run as evaluations see it: its job, and the model of a checkpoint.
public final class EvaluatedRun {
  /// The folder.
  public let path: String
  public let job: Job
  /// The last complete round; 0 before training.
  public let round: Int
  /// What features are made with: a modality that no client trained has the trained ones' norms.
  public let model: ParameterVector
  /// Of that; where nothing is lent, the checkpoint's.
  public let modelHash: String

  /// Rank 0 reads, all ranks have it: a collective.
  /// - Parameters:
  ///   - round: of the checkpoint, or 0 for the model before training, which needs none of its own;
  ///     the newest whole one where nil.
  ///   - warn: told of damaged checkpoints that were passed over.
  public init(
    _ path: String, round: Int? = nil, _ communicator: Communicator, warn: (String) -> Void
  ) throws {
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    var checkpoint: Checkpoint?
    try communicator.agreeOnRoot {
      checkpoint = try Self.checkpoint(
        in: CheckpointFolder(path), round: round == 0 ? nil : round, warn: warn)
    }
    let text = try communicator.broadcast(text: checkpoint?.job ?? "")
    let (job, model) = try communicator.agree {
      let job: Job
      do { job = try Job(path: "\(path)/checkpoint", json: text) } catch {
        throw JobError(path: path, message: "the job of its checkpoint cannot be read: \(error)")
      }
      let model = checkpoint?.model ?? ParameterVector(job.model.layout)
      guard model.layout == job.model.layout else {
        throw JobError(
          path: path, message: "its model is not that of its job's encoder and method")
      }
      if round == 0, communicator.rank == 0 { job.model.initialise(model, seed: job.seed) }
      return (job, model)
    }
    try communicator.broadcast(model.floats)
    self.round = try round ?? Int(communicator.broadcast(Int64(checkpoint?.round ?? 0)))
    self.job = job
    self.model = model.lendingNorms()
    modelHash = Checkpoints.modelHash(self.model)
  }

  private static func checkpoint(
    in folder: CheckpointFolder, round: Int?, warn: (String) -> Void
  ) throws -> Checkpoint {
    let rounds = folder.rounds()
    guard !rounds.isEmpty else {
      throw JobError(path: folder.path, message: "there is no checkpoint here; give a run's folder")
    }
    guard let round else { return try folder.newest(warn: warn)! }
    guard rounds.contains(round) else {
      let there = rounds.reversed().map { "\($0)" }.joined(separator: ", ")
      throw JobError(
        path: folder.path,
        message:
          "there is no checkpoint of round \(round); there are: \(there) (the two newest, and "
          + "those of federation.keep)")
    }
    return try folder.load(round: round)
  }

  /// The folder of its evaluations.
  var evaluations: String { Self.evaluations(of: path) }

  static func evaluations(of run: String) -> String { "\(run)/evaluations" }

  /// The encoder with a linear layer to `classes` instead of its head, and its parameters: the
  /// run's, but for a fresh layer.
  func classifier(classes: Int, seed: UInt64) throws -> (any Encoder, ParameterVector) {
    let classifier = try makeClassifier(job.section("encoder"), classes: classes)
    let parameters = ParameterVector(classifier.layout)
    // Pretraining began with the numbers of the seed itself, which may be the same.
    classifier.initialise(parameters, seed: RandomStream.seed(of: .classifier, from: seed))
    try classifier.setTrunk(parameters, from: model)
    return (classifier, parameters)
  }
}
