import ArgumentParser
import Catalogues
import Downstream
import Foundation
import Jobs

/// A run's encoder for PyTorch.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract:
      "Write a run's encoder as safetensors, by torchvision's or timm's names, with a card.",
    discussion: """
      Without the projection head; where each modality has a stem or BatchNorm of its own, with those \
      of one. The card beside the file, NAME.md, has the lines of Python that load it.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
  var path: String
  @Option(
    help: ArgumentHelp("The file to write.", valueName: "safetensors"),
    completion: .file(extensions: ["safetensors"]))
  var to: String
  @Option(help: "A modality, where each has a stem or BatchNorm of its own.")
  var modality: String?
  @Option(help: "Of a kept checkpoint, 0 for before training. The newest, otherwise.")
  var round: Int?
  @Flag(help: "Replace the file and its card if they are there.")
  var overwrite = false

  func run() throws {
    guard to.hasSuffix(".safetensors") else {
      throw ValidationError("--to \(to): the name of the file has to end with .safetensors")
    }
    let export = try EncoderExport(
      path, to: to, round: round, modality: modality, warn: Console.complain)
    for file in [export.path, export.card]
    where !overwrite && FileManager.default.fileExists(atPath: file) {
      throw JobError(path: file, message: "already exists; give another name or --overwrite")
    }
    try export.write()
    Console.line(export.path)
    Console.line(export.card)
  }
}
