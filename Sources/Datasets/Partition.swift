import Catalogues
import HeapModule
import Tensors

/// Which client holds which samples of one modality. Every sample has exactly one client, or none
/// where the clients that would have it are without the modality.
public struct Partition: Sendable, Equatable {
  /// Client k holds `indices[offsets[k]..<offsets[k + 1]]`.
  public let offsets: [Int]
  /// Sample indices, ascending within each client.
  public let indices: [Int]
  /// Samples that changed clients so that each has the minimum.
  public let moved: Int

  /// How many clients there can be.
  static let clientCounts = 1...1_000_000

  public var clients: Int { offsets.count - 1 }

  /// Samples of a client.
  public func count(_ client: Int) -> Int { offsets[client + 1] - offsets[client] }

  /// Sample indices of a client, ascending.
  public func samples(of client: Int) -> ArraySlice<Int> {
    indices[offsets[client]..<offsets[client + 1]]
  }

  /// Cuts the samples. Where clients have fewer than `minimum`, samples are moved to them one by
  /// one, each from the client that has the most, of the class of which that one has the most.
  /// Throws where there are too few samples for the minimum, or where the partitioner cannot cut
  /// them.
  public init(
    _ samples: PartitionInput, minimum: Int = 0, by partitioner: any Partitioner
  ) throws(ConfigurationError) {
    let (labels, classes, clients) = (samples.labels, samples.classes, samples.clients)
    guard Self.clientCounts.contains(clients) else {
      throw ConfigurationError("clients", "\(clients) is not between 1 and 1000000")
    }
    guard minimum >= 0, minimum <= labels.count / clients else {
      throw ConfigurationError(
        "minimum",
        "\(samples.modality) has \(counted(labels.count, "sample")) for \(counted(clients, "client")): a minimum of \(minimum) "
          + "each cannot be; at most \(labels.count / clients) can")
    }
    var owner: [Int]
    do { owner = try partitioner.assign(samples) } catch { throw error.inside("partitioner") }
    precondition(owner.count == labels.count, "\(owner.count) clients of \(labels.count) samples")
    moved = Self.raise(&owner, labels, classes: classes, clients: clients, to: minimum)
    (offsets, indices) = Self.byClient(owner, clients: clients)
  }

  init(offsets: [Int], indices: [Int], moved: Int) {
    self.offsets = offsets
    self.indices = indices
    self.moved = moved
  }

  /// The same cut where some clients alone have the modality. The parts of the others are unused;
  /// or they are redistributed, each whole to one client, in turn over the clients in an order
  /// drawn by seed. Without any client that has the modality they are unused either way.
  /// - Parameter holders: the clients that have it, ascending.
  func held(
    by holders: [Int], redistribute: Bool, seed: UInt64, modality: String
  ) -> Partition {
    var parts = [[Int]](repeating: [], count: clients)
    for client in holders { parts[client] = Array(samples(of: client)) }
    if redistribute, !holders.isEmpty {
      var random = RandomStream(seed: seed, purpose: .mix, round: streamKey(modality))
      let order = random.permutation(holders.count)
      let has = Set(holders)
      for (turn, client) in (0..<clients).filter({ !has.contains($0) }).enumerated() {
        parts[holders[order[turn % order.count]]] += samples(of: client)
      }
    }
    let offsets = parts.reduce(into: [0]) { $0.append($0.last! + $1.count) }
    return Partition(offsets: offsets, indices: parts.flatMap { $0.sorted() }, moved: moved)
  }

  /// Samples by client and class, [clients][classes].
  public func counts(labels: [Int32], classes: Int) -> [[Int]] {
    (0..<clients).map { client in
      samples(of: client).reduce(into: [Int](repeating: 0, count: classes)) {
        $0[Int(labels[$1])] += 1
      }
    }
  }

  private static func raise(
    _ owner: inout [Int], _ labels: [Int32], classes: Int, clients: Int, to minimum: Int
  ) -> Int {
    guard minimum > 0 else { return 0 }
    let (offsets, indices) = byClient(owner, clients: clients)
    // The largest first. While a client lacks samples another has more than the minimum, so that
    // none that was given some gives any.
    var givers = Heap(
      (0..<clients).map { Giver(samples: offsets[$0 + 1] - offsets[$0], client: $0) })
    // Of those that have given, what they have left, by class.
    var held: [Int: [[Int]]] = [:]
    var moved = 0
    for client in 0..<clients {
      for _ in 0..<max(0, minimum - (offsets[client + 1] - offsets[client])) {
        var giver = givers.removeMax()
        var own =
          held.removeValue(forKey: giver.client)
          ?? indices[offsets[giver.client]..<offsets[giver.client + 1]].reduce(
            into: [[Int]](repeating: [], count: classes)
          ) { $0[Int(labels[$1])].append($1) }
        let most = own.indices.max { own[$0].count < own[$1].count }!
        owner[own[most].removeLast()] = client
        held[giver.client] = own
        giver.samples -= 1
        givers.insert(giver)
        moved += 1
      }
    }
    return moved
  }

  /// Each client's samples, in their order, one client after the other.
  private static func byClient(
    _ owner: [Int], clients: Int
  ) -> (offsets: [Int], indices: [Int]) {
    var offsets = [Int](repeating: 0, count: clients + 1)
    for client in owner { offsets[client + 1] += 1 }
    for client in 0..<clients { offsets[client + 1] += offsets[client] }
    var next = offsets
    var indices = [Int](repeating: 0, count: owner.count)
    for (sample, client) in owner.enumerated() {
      indices[next[client]] = sample
      next[client] += 1
    }
    return (offsets, indices)
  }
}

/// A client that may give samples to others.
private struct Giver: Comparable {
  var samples: Int
  let client: Int

  /// Of equal ones the first client is the larger.
  static func < (a: Giver, b: Giver) -> Bool { (a.samples, b.client) < (b.samples, a.client) }
}
