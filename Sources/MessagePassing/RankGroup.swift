import CMPI

/// Some ranks that do something together. Every method is a collective of theirs.
public final class RankGroup {
  public let rank: Int
  public let size: Int
  let handle: CMPIComm

  init(_ handle: CMPIComm) throws {
    var (rank, size): (Int32, Int32) = (0, 0)
    try check("MPI_Comm_rank") { cmpi_rank(handle, &rank) }
    try check("MPI_Comm_size") { cmpi_size(handle, &size) }
    // Failures leave this target as Swift errors.
    try check("MPI_Comm_set_errhandler") { cmpi_return_errors(handle) }
    (self.rank, self.size, self.handle) = (Int(rank), Int(size), handle)
  }

  /// Those of its ranks that give the same number, from 0, in their order.
  func part(_ number: Int) throws -> RankGroup {
    var part = handle
    try check("MPI_Comm_split") { cmpi_split(handle, Int32(number), Int32(rank), &part) }
    return try RankGroup(part)
  }

  /// Returns when all have arrived; they sleep until then.
  public func barrier() throws {
    try Waiting.sleeping.complete("MPI_Ibarrier") { cmpi_ibarrier(handle, &$0) }
  }

  /// The first rank's values, on all.
  func broadcast<T: MessageScalar>(_ values: inout [T]) throws {
    try values.withUnsafeMutableBufferPointer { values in
      try Waiting.sleeping.complete("MPI_Ibcast") {
        cmpi_ibcast(values.baseAddress, Int32(values.count), T.messageType, 0, handle, &$0)
      }
    }
  }

  /// The smallest of the ranks' values, on all.
  func minimum(_ value: Int64) throws -> Int64 {
    var result = value
    try Waiting.sleeping.complete("MPI_Iallreduce") {
      cmpi_iallreduce(&result, 1, Int64.messageType, CMPI_MIN, handle, &$0)
    }
    return result
  }
}
