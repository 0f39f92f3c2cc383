import ArgumentParser
import Submission

/// What the cluster wants of batch jobs.
struct ClusterArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The cluster's file; if not given, \(Cluster.variable), cluster.yaml here, or \
      ~/.config/motet/cluster.yaml.
      """, valueName: "yaml"), completion: .file(extensions: ["yaml"]))
  var cluster: String?
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Before what the file says, as in partition=short.", valueName: "key=value"))
  var on: [String] = []

  /// The cluster's file; nil where there is none.
  var file: String? { Cluster.file(cluster) }

  func load() throws -> Cluster { try Cluster.load(file, settings: on) }
}
