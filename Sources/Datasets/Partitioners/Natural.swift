import Catalogues
import Tensors

/// Clients as they are by nature: each has the samples of whole groups (speakers, writers, places),
/// as in LEAF (Caldas et al., arXiv 1812.01097).
///
/// With as many groups as clients, each has one. More groups are dealt to the clients in turn, in
/// an order drawn by seed, so that some have one group more than others; fewer are refused.
/// Modalities with the same groups are cut alike: the pictures and the sounds of a place have one
/// client.
public struct Natural: Partitioner, PlugIn {
  public static let name = "natural"
  public static let summary = "whole groups (speakers, writers, places), dealt in turn"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  public var needsGroups: Bool { true }

  public func assign(_ samples: PartitionInput) throws(ConfigurationError) -> [Int] {
    guard let grouping = samples.grouping else { preconditionFailure("samples without groups") }
    let count = grouping.names.count
    guard count >= samples.clients || count == 0 else {
      throw ConfigurationError(
        "",
        "\(samples.modality) has \(counted(count, "group")) for \(counted(samples.clients, "client")); lower the number "
          + "of clients to at most \(count), or choose another partitioner")
    }
    // By name, so that the order of the samples makes no difference.
    let sorted = grouping.names.indices.sorted { grouping.names[$0] < grouping.names[$1] }
    var random = samples.sharedStream()
    var client = [Int](repeating: 0, count: count)
    for (turn, place) in random.permutation(count).enumerated() {
      client[sorted[place]] = turn % samples.clients
    }
    return grouping.indices.map { client[Int($0)] }
  }
}
