import ArgumentParser
import Catalogues
import Downstream
import Evaluation
import Files
import Machines

/// Features of samples, for pictures and measures of one's own.
struct EmbedCommand: RankCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Write a run's features of samples: alone, under mpirun or srun.",
    discussion: """
      A file for each round in the run's folder, embeddings/round-NNNNNN.h5; one that is there is \
      not made again. A run keeps its two newest checkpoints, and those of federation.keep.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
  var path: String
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("A sample store; once for each.", valueName: "store"), completion: .file())
  var data: [String]
  @Option(help: "The only modality; all that a store has, otherwise.")
  var modality: String?
  @Option(help: "The split of the stores.")
  var split = "test"
  @Option(
    name: .customLong("round"), parsing: .singleValue,
    help: ArgumentHelp(
      "After which round, 0 for before training; once for each. The newest, otherwise.",
      valueName: "round"))
  var rounds: [Int] = []
  @Option(help: "What is written: \(Embedder.Output.meaning).")
  var features = Embedder.Output.features
  @Option(help: "So many samples of each modality of each store, chosen by the job's seed.")
  var limit: Int?
  @Option(help: "Threads of a rank; no result depends on them.")
  var threads = 1
  @Option(
    help: ArgumentHelp(
      "A copy of one round for other programs: .npy, with the samples in a .csv beside it, or "
        + ".parquet. Needs Python with pandas, and for Parquet pyarrow.", valueName: "file"))
  var to: String?

  func validate() throws {
    guard !data.isEmpty else { throw ValidationError("give a sample store: --data STORE") }
    guard limit.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--limit \(limit!) is below 1")
    }
    guard Set(rounds).count == rounds.count else {
      throw ValidationError("a --round is given twice")
    }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads) is outside 1 to 1024")
    }
    if let to {
      guard to.hasSuffix(".npy") || to.hasSuffix(".parquet") else {
        throw ValidationError("--to \(to): the name has to end with .npy or .parquet")
      }
      guard rounds.count < 2 else {
        throw ValidationError("--to \(to) is of one round: give one --round, or none")
      }
      guard FileSystem.isFolder(FileSystem.parent(of: to)) else {
        throw ValidationError("--to \(to): there is no such folder")
      }
    }
  }

  func run() throws {
    try onAllRanks { communicator in
      // Before anything is computed.
      var conversion: [String] = []
      try communicator.agreeOnRoot { conversion = try self.conversion() }
      let options = EmbeddingOptions(
        data: data, modality: modality, split: split, rounds: rounds,
        output: features, limit: limit ?? 0)
      let display = WorkDisplay()
      let files = try embed(path, options, threads: threads, communicator, observer: display)
      display.finish()
      for file in files {
        Console.line(
          "\(file.path)  \(counted(file.count, "sample")), \(counted(file.dimension, "feature"))"
            + (file.isNew ? "" : "  written before"))
      }
      guard let to else { return }
      try communicator.agreeOnRoot {
        try AnalysisPackage.run(conversion + [files[0].path, to])
        Console.line(to)
      }
    }
  }
}

extension EmbedCommand {
  /// The words that start Python's part; none where there is no such part.
  private func conversion() throws -> [String] {
    guard let to else { return [] }
    return try AnalysisPackage.command(
      "motet_analysis.embedding_files",
      needs: ["h5py", "pandas"] + (to.hasSuffix(".parquet") ? ["pyarrow"] : []),
      for: "motet embed --to")
  }
}

extension Embedder.Output: ExpressibleByArgument {}
