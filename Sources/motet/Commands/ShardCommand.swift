import ArgumentParser
import Datasets
import Inspection
import Jobs
import Media

struct ShardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shard", abstract: "Cut data sets into clients, and write these as shards.",
    discussion: """
      Each modality is cut by itself, by the partitioner that the job file names, or else by \
      Dirichlet(alpha): the clients' shares of each class are drawn from it. Part k of each modality \
      makes client k. A job file says all that is needed; without one, --data, --clients and --to do.
      """)

  @Argument(help: "The job file (YAML).", completion: .file(extensions: ["yaml"]))
  var job: [String] = []
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Replace a setting of the job.", valueName: "key=value"))
  var settings: [String] = []
  @OptionGroup var data: StoreArguments
  @Option(help: "Number of clients.")
  var clients: Int?
  @Option(help: "Dirichlet's alpha, 0.1 where not given: one for all, or image=0.1,audio=1.")
  var alpha: String?
  @Option(help: "Seed of the cut, 1 where not given.")
  var seed: UInt64?
  @Option(help: "Fewest samples in any client: one for all, or image=5,audio=0.")
  var minimum: String?
  @Option(help: "The split that is cut, train where not given.")
  var split: String?
  @Option(help: "The folder to write; a job's own if none is given.")
  var to: String?
  @Option(help: "Draw the client × class heat map into this PNG file.")
  var plot: String?
  @Flag(help: "Replace shards that are there.")
  var overwrite = false
  @Flag(help: "Write the partition alone; clients then read from the sample stores.")
  var byReference = false

  func run() throws {
    if let plot { try Picture.requireReplaceable(plot) }
    let whole: Job? = try job.isEmpty ? nil : loadJob()
    let (outcome, to) = try whole.map(shard) ?? shardData()
    let shards = try ShardReader.open(to)
    for line in whole?.warningsOfSmallClients(shards.count) ?? [] { Console.note(line) }
    if outcome == .unchanged {
      Console.line("\(to) holds these shards already; nothing was written")
    }
    for line in try describe(shards) { Console.line(line) }
    if let plot {
      try HeatMap(shards).draw().writePNG(plot)
      Console.line("heat map: \(plot)")
    }
  }

  private func loadJob() throws -> Job {
    let given = [
      ("--data", !data.data.isEmpty), ("--clients", clients != nil), ("--alpha", alpha != nil),
      ("--seed", seed != nil), ("--minimum", minimum != nil), ("--split", split != nil),
    ].filter(\.1).map(\.0)
    guard given.isEmpty else {
      throw ValidationError(
        "\(given.joined(separator: ", ")): the job says so; change it with --set, as in "
          + "--set clients.alpha=1")
    }
    return try JobArguments.load(job, settings: settings)
  }

  private func shard(_ job: Job) throws -> (ShardOutcome, folder: String) {
    let folder = to ?? job.shards
    let progress = ProgressLine("sharding")
    defer { progress.finish() }
    let outcome = try job.makeShards(
      byReference: byReference, to: folder, overwrite: overwrite
    ) {
      progress.show($0, of: $1)
    }
    return (outcome, folder)
  }

  private func shardData() throws -> (ShardOutcome, folder: String) {
    guard !data.data.isEmpty, let clients, let to else {
      throw ValidationError("give a job file, or --data, --clients and --to")
    }
    guard settings.isEmpty else {
      throw ValidationError("--set changes a job, and there is none; give the job file")
    }
    var sources: [String: ShardPlan.Source] = [:]
    let paths = try data.stores()
    let names = paths.map(\.modality)
    let alphas = try values("--alpha", alpha ?? "0.1", names) { Double($0) }
    let minima = try values("--minimum", minimum ?? "0", names) { Int($0) }
    for (modality, path) in paths {
      sources[modality] = try ShardPlan.Source(
        path: path, partitioner: ["name": "dirichlet", "alpha": .number(alphas[modality]!)],
        minimum: minima[modality]!)
    }
    let plan = ShardPlan(
      sources: sources, clients: clients, seed: seed ?? 1, split: split ?? "train",
      byReference: byReference)
    let progress = ProgressLine("sharding")
    defer { progress.finish() }
    let outcome = try makeShards(plan: plan, to: to, overwrite: overwrite) {
      progress.show($0, of: $1)
    }
    return (outcome, to)
  }

  /// `0.1` for every modality, or `image=0.1,audio=1` with all of them.
  private func values<T>(
    _ option: String, _ text: String, _ modalities: [String], _ parse: (String) -> T?
  ) throws -> [String: T] {
    if let value = parse(text) {
      return Dictionary(modalities.map { ($0, value) }) { first, _ in first }
    }
    var found: [String: T] = [:]
    for part in text.split(separator: ",") {
      let setting = try Setting(
        String(part), option: option, example: "\(option) 0.1 or \(option) image=0.1,audio=1")
      guard let value = parse(setting.text) else {
        throw ValidationError("\(option) \(text): '\(setting.text)' is no number that it can be")
      }
      guard modalities.contains(setting.key) else {
        throw ValidationError("\(option) \(text): there is no --data \(setting.key)=…")
      }
      found[setting.key] = value
    }
    for modality in modalities where found[modality] == nil {
      throw ValidationError("\(option) \(text): nothing for \(modality)")
    }
    return found
  }
}
