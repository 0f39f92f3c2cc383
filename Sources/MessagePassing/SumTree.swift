import CMPI
import Foundation

/// The way of sums to rank 0: over the ranks of a group on one node, then over the first ranks of
/// the groups of a rack, then over those of the racks. Integers give the same sum by any way; so
/// few messages cross the slow links.
public final class SumTree {
  /// The ranks of this one's group.
  public let group: RankGroup
  /// From this rank's group upward, as far as this rank is the first of each.
  private let levels: [RankGroup]
  /// On rank 0, how many groups there are.
  public let groups: Int

  /// - Parameter environment: `MOTET_GROUP` is the most ranks that a group has, such as those of a
  ///   socket; without it a group has all of its node. `MOTET_RACK`, or Slurm's
  ///   `SLURM_TOPOLOGY_ADDR`, says of which rack the node is; without them racks do not count.
  init(_ world: CMPIComm, rank: Int, _ environment: [String: String]) throws {
    var node = world
    try check("MPI_Comm_split_type") { cmpi_split_node(world, Int32(rank), &node) }
    let onNode = try RankGroup(node)
    let most = environment["MOTET_GROUP"].map { Int($0) ?? 0 } ?? onNode.size
    guard most > 0 else {
      throw LaunchError(
        description: "MOTET_GROUP is '\(environment["MOTET_GROUP"] ?? "")'; it is the most ranks "
          + "that have one sum, at least 1")
    }
    group = try onNode.part(onNode.rank / most)
    // A split is everybody's, also of those whose part is of no use.
    let firsts = try RankGroup(world).part(group.rank == 0 ? 0 : 1)
    groups = firsts.size
    let rack = try firsts.part(Self.rack(environment))
    let roots = try firsts.part(rack.rank == 0 ? 0 : 1)
    levels = group.rank > 0 ? [group] : rack.rank > 0 ? [group, rack] : [group, rack, roots]
  }

  /// A number for the rack of this node: that two have the same costs time, and no more.
  private static func rack(_ environment: [String: String]) -> Int {
    // As in "core.rack3.node17", from the outermost switch to the node.
    let address = environment["SLURM_TOPOLOGY_ADDR"]?.split(separator: ".").dropLast() ?? []
    let name = environment["MOTET_RACK"] ?? address.joined(separator: ".")
    // FNV-1a.
    let hash = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    return Int(hash >> 1)
  }

  /// Adds values place by place into rank 0's.
  /// - Parameter isShared: whether the group's ranks have one and the same values.
  func add(_ values: UnsafeMutableBufferPointer<Int64>, isShared: Bool) throws {
    for level in levels.dropFirst(isShared ? 1 : 0) where level.size > 1 {
      try check("MPI_Reduce") {
        cmpi_reduce(
          values.baseAddress, Int32(values.count), Int64.messageType, CMPI_SUM, 0,
          level.rank == 0 ? 1 : 0, level.handle)
      }
    }
  }
}
