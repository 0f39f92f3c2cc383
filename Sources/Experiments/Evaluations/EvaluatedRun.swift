import Catalogues
import Encoders
import Federation
import Foundation
import MessagePassing
import Tensors
import Views

/// A pretrained run as evaluations see it: its job, and the model of its newest checkpoint.
public final class EvaluatedRun {
  /// The folder.
  public let path: String
  public let job: Job
  /// The last complete round.
  public let round: Int
  public let model: ParameterVector
  public let modelHash: String

  /// Rank 0 reads, all ranks have it: a collective.
  /// - Parameter warn: told of damaged checkpoints that were passed over.
  public init(_ path: String, _ communicator: Communicator, warn: (String) -> Void) throws {
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    var newest: Checkpoint?
    try communicator.agreeOnRoot {
      newest = try CheckpointFolder(path).newest(warn: warn)
      guard newest != nil else {
        throw JobError(path: path, message: "there is no checkpoint here; give a run's folder")
      }
    }
    let text = try communicator.broadcast(text: newest?.job ?? "")
    let (job, model) = try communicator.agree {
      let job: Job
      // The stored job is JSON, which is YAML.
      do { job = try Job(path: "\(path)/checkpoint", try YAMLTree(text).root) } catch {
        throw JobError(path: path, message: "the job of its checkpoint cannot be read: \(error)")
      }
      let model = newest?.model ?? ParameterVector(job.encoder.layout)
      guard model.layout == job.encoder.layout else {
        throw JobError(path: path, message: "its model is not that of its job's encoder")
      }
      return (job, model)
    }
    try communicator.broadcast(model.floats)
    round = Int(try communicator.broadcast(Int64(newest?.round ?? 0)))
    self.job = job
    self.model = model
    modelHash = Federation.modelHash(model)
  }

  /// The folder of its evaluations.
  var evaluations: String { "\(path)/evaluations" }

  /// The encoder with a linear layer to `classes` instead of its head, and its parameters: the run's,
  /// but for a fresh layer.
  func classifier(classes: Int, seed: UInt64) throws -> (any Encoder, ParameterVector) {
    let classifier = try makeClassifier(job.section("encoder"), classes: classes)
    let parameters = ParameterVector(classifier.layout)
    classifier.initialise(parameters, seed: seed)
    try classifier.setTrunk(parameters, from: model)
    return (classifier, parameters)
  }

  /// How the run sees a modality; the defaults, where it knows none of it.
  func viewSettings(_ modality: String) throws -> [String: Any] {
    try modalities.resolve(job.section("views")[modality] ?? modality)
  }

  /// - Parameter plain: whether training views are cropped and flipped alone.
  func modality(_ name: String, plain: Bool) throws -> any Modality {
    let settings = try viewSettings(name)
    let modality = try modalities.make(settings)
    return plain
      ? try modalities.make(merge(type(of: modality).plainViews, into: settings)) : modality
  }

  /// The encoder's input.
  var shape: ViewShape {
    ViewShape(side: job.encoder.inputSide, channels: job.encoder.inputChannels)
  }
}
