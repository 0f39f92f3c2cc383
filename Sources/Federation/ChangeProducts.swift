import Checkpoints
import MessagePassing
import Tensors

/// The inner products of what clients made of a model, over its trainable parameters.
///
/// Ranks take blocks of the parameters in turn, each for all pairs of clients, and rank 0 adds the
/// blocks' sums in their order. A block's sum is one Float64 for a pair, over its parameters in
/// their order: the same bits on any number of ranks. Each value of a file is read once.
struct ChangeProducts {
  /// Numbers that a rank holds at once, in Float64.
  static let room = 1 << 22

  /// Parameters of a block: it is a part of the sums' order, so of their bits.
  let block: Int

  init(block: Int = 1 << 18) { self.block = block }

  /// By client and client, on rank 0; nil elsewhere. A collective.
  /// - Parameter room: numbers that are held at once; no part of the result.
  func of(
    _ clients: [Int], from global: ParameterVector, in held: HeldModels,
    on communicator: Communicator, room: Int = room
  ) throws -> [[Double]]? {
    let count = clients.count
    guard count > 0 else { return communicator.rank == 0 ? [] : nil }
    let blocks = (global.count + block - 1) / block
    var sums = [Double](repeating: 0, count: count * count)
    for first in stride(from: 0, to: blocks, by: communicator.size) {
      let place = first + communicator.rank
      let part = min(place * block, global.count)..<min((place + 1) * block, global.count)
      let own: [Double] =
        part.isEmpty ? [] : try blockSums(clients, from: global, in: held, part, room: room)
      let gathered = try communicator.gather(own)
      for other in gathered ?? [] where !other.isEmpty {
        for i in sums.indices { sums[i] += other[i] }
      }
    }
    guard communicator.rank == 0 else { return nil }
    return (0..<count).map { i in
      (0..<count).map { j in sums[min(i, j) * count + max(i, j)] }
    }
  }

  /// One block's, by client and a client behind it.
  private func blockSums(
    _ clients: [Int], from global: ParameterVector, in held: HeldModels, _ block: Range<Int>,
    room: Int
  ) throws -> [Double] {
    let count = clients.count
    let length = min(block.count, max(1, room / count))
    var sums = [Double](repeating: 0, count: count * count)
    var values = [Float](repeating: 0, count: length)
    // By parameter, then by client.
    var changes = [Double](repeating: 0, count: length * count)
    for begin in stride(from: block.lowerBound, to: block.upperBound, by: length) {
      let part = begin..<min(begin + length, block.upperBound)
      for (column, client) in clients.enumerated() {
        try values.withUnsafeMutableBufferPointer {
          try held.read(
            client: client, part, into: UnsafeMutableBufferPointer(rebasing: $0[..<part.count]))
        }
        for i in 0..<part.count {
          changes[i * count + column] =
            Double(values[i]) - Double(global.floats[part.lowerBound + i])
        }
      }
      leaveOutStatistics(of: global.layout, part, &changes, count)
      add(changes, part.count, to: &sums, count)
    }
    return sums
  }

  /// No change is theirs.
  private func leaveOutStatistics(
    of layout: ParameterLayout, _ part: Range<Int>, _ changes: inout [Double], _ count: Int
  ) {
    for entry in layout.entries where !entry.trainable {
      for i in entry.range.clamped(to: part) {
        for column in 0..<count { changes[(i - part.lowerBound) * count + column] = 0 }
      }
    }
  }

  /// The loop that takes the time: the pairs of one parameter after those of the one before.
  private func add(_ changes: [Double], _ rows: Int, to sums: inout [Double], _ count: Int) {
    changes.withUnsafeBufferPointer { changes in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<rows {
          let own = UnsafeBufferPointer(rebasing: changes[row * count..<(row + 1) * count])
          for i in 0..<count {
            let (value, place) = (own[i], i * count)
            for j in i..<count { sums[place + j] += value * own[j] }
          }
        }
      }
    }
  }
}
