import Foundation

/// How long a round's messages between nodes take: a model of a network, of which nothing is
/// measured. Nodes form a binomial tree; on each of its levels a message takes its latency for
/// every piece, and its bytes at the bandwidth. The pieces of a real collective overlap on several
/// levels, so that this is rather more than less.
public struct Network: Sendable, Equatable {
  /// Seconds of a message without content.
  public let latency: Double
  /// Bytes a second between two nodes.
  public let bandwidth: Double

  /// 2 µs and 10 GB/s: a node's InfiniBand or 100 Gbit Ethernet.
  public static let usual = Network(latency: 2e-6, bandwidth: 1e10)
  /// Bytes of a piece (`Communicator.reduceSum`).
  static let piece = 2 << 20

  public init(latency: Double, bandwidth: Double) {
    self.latency = latency
    self.bandwidth = bandwidth
  }

  /// The levels of a tree of so many nodes.
  static func depth(_ nodes: Int) -> Int {
    nodes < 2 ? 0 : Int.bitWidth - (nodes - 1).leadingZeroBitCount
  }

  /// Seconds in which so many bytes go to all nodes, or come together from all.
  func seconds(_ bytes: Int, nodes: Int) -> Double {
    let pieces = (bytes + Self.piece - 1) / Self.piece
    return Double(Self.depth(nodes)) * (Double(pieces) * latency + Double(bytes) / bandwidth)
  }

  var text: String {
    "\(number(latency * 1e6)) µs a message, \(number(bandwidth * 1e-9)) GB/s between nodes"
  }
}
