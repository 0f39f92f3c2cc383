import Catalogues
import Encoders
import Files
import Foundation
import HDF5
import Jobs
import MessagePassing
import Tensors

/// A run's encoder for other programs: its parameters without the projection head's, under
/// torchvision's or timm's names and in PyTorch's order, as safetensors, and a card beside it that
/// says what they are and how they are loaded.
public struct EncoderExport {
  public let path: String
  /// The model card, Markdown.
  public var card: String {
    URL(fileURLWithPath: path).deletingPathExtension().appendingPathExtension("md").relativePath
  }

  private let run: EvaluatedRun
  private let modality: String
  private let channels: Int

  /// - Parameters:
  ///   - path: of the file to write.
  ///   - round: of a kept checkpoint, 0 for before training; the newest where nil.
  ///   - modality: whose stem and norms go with it, where each has its own.
  ///   - warn: told of damaged checkpoints that were passed over.
  public init(
    _ run: String, to path: String, round: Int?, modality: String?, warn: (String) -> Void
  ) throws {
    self.path = path
    self.run = try EvaluatedRun(run, round: round, Communicator(), warn: warn)
    let job = self.run.job
    let owners = job.encoder.layout.entries.compactMap(\.modality)
    let known = job.modalityNames
    if let modality, !known.contains(modality), !owners.contains(modality) {
      throw JobError(path: run, message: unknown("modality", modality, among: known))
    }
    guard modality != nil || owners.isEmpty || known.count == 1 else {
      throw JobError(
        path: run,
        message: "each modality has a stem or BatchNorm of its own here: say which goes into the "
          + "file, --modality \(known.joined(separator: " or "))")
    }
    self.modality = modality ?? known[0]
    channels = try job.viewShape(of: self.modality).channels
  }

  /// Writes the file, then its card.
  public func write() throws {
    let encoder = run.job.encoder
    let own = encoder.layout.entries.filter { entry in
      [nil, modality].contains(entry.modality) && !encoder.isHead(entry)
    }
    // A model's layout begins with its encoder's.
    let tensors = own.map { entry in
      Safetensors.Tensor(
        name: String(entry.plainName), shape: entry.shape, values: run.model.torchValues(entry))
    }
    let file = Safetensors(
      tensors: tensors,
      metadata: [
        "format": "pt", "motet_version": MotetBuild.version, "motet_build": MotetBuild.source,
        "job": run.job.resolved.json, "round": "\(run.round)", "modality": modality,
        "model_sha256": run.modelHash,
      ])
    try file.save(path)
    let text = try ModelCard(
      run: run, modality: modality, module: encoder.pytorchModule(channels: channels),
      file: URL(fileURLWithPath: path).lastPathComponent
    ).text()
    try FileSystem.write(text.utf8, to: card)
  }
}
