import CMPI

/// MPI counts are 32-bit, and what is in flight at once takes memory: messages go in pieces.
private let pieceLength = 1 << 20

extension Communicator {
  /// Gives all ranks the root's values.
  public func broadcast<T: MessageScalar>(
    _ values: UnsafeMutableBufferPointer<T>, from root: Int = 0
  ) throws {
    guard let world else { return }
    try forEachPiece(values.count) { piece, waiting in
      let start = values.baseAddress! + piece.lowerBound
      try waiting.complete("MPI_Ibcast") {
        cmpi_ibcast(start, Int32(piece.count), T.messageType, Int32(root), world, &$0)
      }
    }
  }

  /// The root's value.
  public func broadcast<T: MessageScalar>(_ value: T, from root: Int = 0) throws -> T {
    var values = [value]
    try values.withUnsafeMutableBufferPointer { try broadcast($0, from: root) }
    return values[0]
  }

  /// The root's text.
  public func broadcast(text: String, from root: Int = 0) throws -> String {
    guard size > 1 else { return text }
    let count = try broadcast(Int64(text.utf8.count), from: root)
    var bytes =
      rank == root ? Array(text.utf8) : [UInt8](repeating: 0, count: Int(count))
    try bytes.withUnsafeMutableBufferPointer { try broadcast($0, from: root) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Adds the ranks' integers, place by place, into rank 0's; those of the others are of no use
  /// afterwards. Integer addition is associative: the sums do not depend on the number of ranks.
  ///
  /// Waits for all ranks asleep. Then they go up the `SumTree` in pieces of 2 MiB, which caches
  /// hold: while a piece is on its way between nodes, the next is added up within them.
  /// - Parameter isShared: whether the ranks of a group have one and the same memory of values
  ///   (`SharedIntegers`), so that nothing is left to do within it.
  public func reduceSum(
    _ values: UnsafeMutableBufferPointer<Int64>, isShared: Bool = false
  ) throws {
    guard let tree else { return }
    try barrier()
    let length = 1 << 18
    for begin in stride(from: 0, to: values.count, by: length) {
      try tree.add(
        UnsafeMutableBufferPointer(rebasing: values[begin..<min(begin + length, values.count)]),
        isShared: isShared)
    }
  }

  /// Adds the ranks' integers, place by place, on all ranks.
  public func sumOnAll(_ values: UnsafeMutableBufferPointer<Int64>) throws {
    guard let world else { return }
    try forEachPiece(values.count) { piece, waiting in
      let start = values.baseAddress! + piece.lowerBound
      try waiting.complete("MPI_Iallreduce") {
        cmpi_iallreduce(start, Int32(piece.count), Int64.messageType, CMPI_SUM, world, &$0)
      }
    }
  }

  /// The largest of the ranks' values, on all ranks.
  public func maximum(_ value: Int64) throws -> Int64 { try extreme(value, CMPI_MAX) }

  /// The smallest of the ranks' values, on all ranks.
  public func minimum(_ value: Int64) throws -> Int64 { try extreme(value, CMPI_MIN) }

  private func extreme(_ value: Int64, _ operation: CMPIOperation) throws -> Int64 {
    guard let world else { return value }
    var result = value
    try withUnsafeMutablePointer(to: &result) { result in
      try Waiting.sleeping.complete("MPI_Iallreduce") {
        cmpi_iallreduce(result, 1, Int64.messageType, operation, world, &$0)
      }
    }
    return result
  }

  /// The ranks' values in rank order on rank 0, nil elsewhere. Ranks may give different numbers of
  /// values.
  public func gather<T: MessageScalar>(_ values: [T]) throws -> [[T]]? {
    guard let world else { return [values] }
    let counts = try gatherCounts(values.count, world)
    let longest = Int(try broadcast(Int64(counts.max() ?? 0)))
    var gathered = counts.map { count in
      var list: [T] = []
      list.reserveCapacity(count)
      return list
    }
    let length = max(1, pieceLength / size)
    for begin in stride(from: 0, to: longest, by: length) {
      func share(_ count: Int) -> Int { min(max(0, count - begin), length) }
      let shares = counts.map { Int32(share($0)) }
      var offsets: [Int32] = []
      var total: Int32 = 0
      for share in shares {
        offsets.append(total)
        total += share
      }
      var room = [T](repeating: .zero, count: max(1, Int(total)))
      try values.withUnsafeBufferPointer { mine in
        let start = mine.baseAddress.map { $0 + min(begin, values.count) }
        try room.withUnsafeMutableBufferPointer { room in
          try shares.withUnsafeBufferPointer { shares in
            try offsets.withUnsafeBufferPointer { offsets in
              try Waiting.sleeping.complete("MPI_Igatherv") {
                cmpi_igatherv(
                  start, Int32(share(values.count)), T.messageType, room.baseAddress,
                  shares.baseAddress, offsets.baseAddress, 0, world, &$0)
              }
            }
          }
        }
      }
      for (index, share) in shares.enumerated() {
        let offset = Int(offsets[index])
        gathered[index] += room[offset..<offset + Int(share)]
      }
    }
    return rank == 0 ? gathered : nil
  }

  /// The ranks' texts in rank order on rank 0, nil elsewhere.
  public func gather(text: String) throws -> [String]? {
    try gather(Array(text.utf8))?.map { String(decoding: $0, as: UTF8.self) }
  }

  /// How many values each rank has, on rank 0; empty elsewhere.
  private func gatherCounts(_ count: Int, _ world: CMPIComm) throws -> [Int] {
    var count = Int64(count)
    var counts = [Int64](repeating: 0, count: rank == 0 ? size : 0)
    try withUnsafeMutablePointer(to: &count) { count in
      try counts.withUnsafeMutableBufferPointer { counts in
        try Waiting.sleeping.complete("MPI_Igather") {
          cmpi_igather(count, 1, Int64.messageType, counts.baseAddress, 0, world, &$0)
        }
      }
    }
    return counts.map { Int($0) }
  }

  /// Calls `body` for each piece of a message. A long message waits for all ranks first, asleep;
  /// then its pieces are awaited without sleeping, since a rank that sleeps holds up the others.
  private func forEachPiece(
    _ count: Int, _ body: (Range<Int>, Waiting) throws -> Void
  ) throws {
    let long = count > 4096
    if long { try barrier() }
    for begin in stride(from: 0, to: count, by: pieceLength) {
      try body(begin..<min(begin + pieceLength, count), long ? .yielding : .sleeping)
    }
  }
}
