import Catalogues
import Foundation
import Jobs
import Sweeps

/// What a cluster wants of a batch job: `cluster.yaml`.
public struct Cluster: Codable, Equatable, Sendable {
  /// What starts the ranks.
  public var launcher = Launcher.program
  /// The program on the compute nodes; empty for this one, or `motet` in a container.
  public var program = ""
  public var container = ""
  public var modules: [String] = []
  public var setup: [String] = []
  public var partition = ""
  public var account = ""
  public var qos = ""
  /// Cores of a node, and the most nodes of a job.
  public var cores = 0
  public var nodes = 1
  /// Mebibytes of each rank; 0 for the plan's.
  public var memory = 0
  public var longest = "24:00:00"
  public var margin = 1.5
  public var speeds = ""
  public var sbatch: [String] = []

  /// What the keys of the file mean.
  public static let meanings = [
    "launcher": "what starts the ranks: mpirun, mpiexec, srun --mpi=pmix",
    "program": "motet on the compute nodes; this one if not given, motet in a container",
    "container": "an Apptainer image that has motet in it",
    "modules": "environment modules to load, in this order",
    "setup": "lines of the shell before the program, as in export OMP_PROC_BIND=true",
    "partition": "sbatch --partition",
    "account": "sbatch --account",
    "qos": "sbatch --qos",
    "cores": "cores of a node: a job takes no more ranks and threads than `nodes` of these have",
    "nodes": "the most nodes of a job",
    "memory": "MiB of each rank; the plan's and a quarter more if not given",
    "longest":
      "the longest time limit that the partition gives: a longer run is requeued and goes on",
    "margin": "the time limit is the plan's time by this, and ten minutes",
    "speeds":
      "speeds of the compute nodes, as motet plan --json printed them there; else measured here",
    "sbatch": "more options of sbatch, as in --constraint=icelake",
  ]

  /// The option of a command that goes before what the file says.
  public static let option = "--on"

  /// The variable that names the file.
  public static let variable = "MOTET_CLUSTER"

  /// Where a cluster's file is looked for, without a name: here, then in the user's settings.
  static func places(_ environment: [String: String]) -> [String] {
    let settings = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { "\($0)/.config" }
    return ["cluster.yaml"] + (settings.map { ["\($0)/motet/cluster.yaml"] } ?? [])
  }

  /// The cluster's file: the one named, that of the variable, or the first that is there.
  public static func file(
    _ path: String?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    path ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 }
      ?? places(environment).first { FileManager.default.fileExists(atPath: $0) }
  }

  /// The cluster that a file describes; without one, a cluster that wants nothing.
  /// - Parameter settings: `key=value` texts that go before what the file says.
  public static func load(_ path: String?, settings: [String] = []) throws -> Cluster {
    var cluster = Cluster()
    if let path {
      let file = try SettingsFile(path, kind: "a cluster's file")
      // What the file says wrong is told with its line, before anything replaces it.
      cluster = try file.reading { try Cluster(file.tree, beside: path) }
    }
    let tree = try Setting.tree(
      settings, option: option, example: "launcher='srun --mpi=pmix'",
      in: try Tree(encoding: cluster))
    // A path that is typed is one from here.
    do { return try Cluster(tree, beside: "here") } catch let error as ConfigurationError {
      throw JobError(path: option, message: "\(error)")
    }
  }

  /// One that wants nothing.
  public init() {}

  /// - Parameter path: of the file beside which relative paths are.
  init(_ tree: Tree, beside path: String) throws {
    self = try overlay(tree, on: Cluster())
    try ConfigurationError.require(
      !launcher.allSatisfy(\.isWhitespace), "launcher", "expected a command, as in mpirun")
    try ConfigurationError.require((0...1024).contains(cores), "cores", "expected 0 to 1024")
    try ConfigurationError.require((1...100_000).contains(nodes), "nodes", "expected 1 to 100000")
    try ConfigurationError.require(
      (0...1 << 24).contains(memory), "memory", "expected MiB, 0 to \(1 << 24)")
    try ConfigurationError.require(
      margin >= 1 && margin <= 100, "margin", "expected a factor from 1 to 100")
    _ = try TimeLimit(longest, "longest")
    for (index, option) in sbatch.enumerated() {
      try ConfigurationError.require(
        option.hasPrefix("-"), "sbatch[\(index)]", "expected an option of sbatch, as in --exclusive"
      )
    }
    for (key, lines) in ["modules": modules, "setup": setup, "sbatch": sbatch] {
      try ConfigurationError.require(
        lines.allSatisfy { !$0.isEmpty && !$0.contains("\n") }, key, "expected a line each")
    }
    // A name alone is looked for on the compute nodes, a container's program in the container.
    if program.contains("/"), container.isEmpty { program = Job.absolute(program, beside: path) }
    if !container.isEmpty { container = Job.absolute(container, beside: path) }
    if !speeds.isEmpty { speeds = Job.absolute(speeds, beside: path) }
  }
}
