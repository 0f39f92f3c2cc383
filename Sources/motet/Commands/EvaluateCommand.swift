import ArgumentParser
import Catalogues
import Downstream
import Foundation
import Machines
import MessagePassing

/// Downstream evaluation.
struct EvaluateCommand: RankCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure what a pretrained run has learned: alone, under mpirun or srun.",
    discussion: """
      Each measurement is a file in the run's folder, evaluations/TASK-ID.h5; what is there is not \
      measured again, and the same command continues what was stopped or killed. Tasks and their \
      options: motet describe.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
  var path: String
  @Option(help: "The task: \(evaluationTasks.names.joined(separator: ", ")).")
  var task: String?
  @Option(help: ArgumentHelp("The sample store.", valueName: "store"), completion: .file())
  var data: String?
  @Option(
    help: ArgumentHelp(
      "joined: a run that gives the other features; geometry: one to compare with.",
      valueName: "run"),
    completion: .directory)
  var with: String?
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("An option of the task, as in k=20.", valueName: "key=value"))
  var settings: [String] = []
  @Option(
    help: ArgumentHelp(
      "Evaluations as a file has them: a list, or a sweep's 'evaluations'.", valueName: "yaml"),
    completion: .file(extensions: ["yaml"]))
  var file: String?
  @Option(help: "The file is a sweep's: what follows this cell's run, by number or id.")
  var cell: String?
  @Option(help: "Threads of a rank; no result depends on them.")
  var threads = 1
  @Flag(help: "Fine-tuning in less memory and more time, with the same bits.")
  var recompute = false

  func validate() throws {
    guard (task == nil) != (file == nil) else {
      throw ValidationError("give a --task, or evaluations in a --file")
    }
    guard file == nil || (data == nil && with == nil && settings.isEmpty) else {
      throw ValidationError("--data, --with and --set go with --task; the --file has its own")
    }
    guard cell == nil || file != nil else {
      throw ValidationError("--cell goes with the --file of a sweep")
    }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads) is outside 1 to 1024")
    }
  }

  func run() throws {
    try onAllRanks { communicator in
      let specs = try communicator.agree { try loadSpecs() }
      let display = EvaluationDisplay()
      try evaluate(
        path, specs, threads: threads, recompute: recompute, communicator, observer: display)
    }
  }

  private func loadSpecs() throws -> [EvaluationSpec] {
    if let file {
      return try cell.map { try EvaluationSpec.load(file, ofCell: $0) } ?? EvaluationSpec.load(file)
    }
    let own = [("data", data), ("with", with)].compactMap { key, value in
      value.map { "\(key)='\($0.replacingOccurrences(of: "'", with: "''"))'" }
    }
    return [
      try EvaluationSpec.parse(
        task: task ?? "", settings: own + settings,
        relativeTo: FileManager.default.currentDirectoryPath)
    ]
  }
}

/// Progress on standard error, figures on standard output.
private final class EvaluationDisplay: WorkDisplay, EvaluationObserver {
  func evaluated(_ record: EvaluationRecord, isNew: Bool) {
    finish()
    let name = URL(fileURLWithPath: record.path).deletingPathExtension().lastPathComponent
    for figure in record.figures {
      let isShare = figure.name.hasPrefix("accuracy")
      func text(_ value: Double) -> String {
        String(format: isShare ? "%.2f" : "%.4f", isShare ? 100 * value : value)
      }
      let interval =
        figure.low.isNaN ? "" : "\(text(figure.low)) to \(text(figure.high)), "
      Console.line(
        "\(name)  round \(record.round)  \(figure.name) \(text(figure.value))"
          + "\(isShare ? " %" : "")  (\(interval)\(counted(figure.count, "sample")))"
          + "\(isNew ? "" : "  measured before")")
    }
  }
}
