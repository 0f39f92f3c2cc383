import Tensors

extension Job {
  /// Rows of a split that has `count`, chosen at random by the job's seed, ascending: all where
  /// `limit` is 0 or not below `count`.
  /// - Parameter stream: what the choice is for: others are independent of it.
  public func someRows(_ limit: Int, of count: Int, stream: Int) -> [Int] {
    Self.someRows(limit, of: count, seed: seed, stream: stream)
  }

  /// The same by another seed than a job's.
  public static func someRows(_ limit: Int, of count: Int, seed: UInt64, stream: Int) -> [Int] {
    guard howMany(limit, of: count) < count else { return Array(0..<count) }
    var random = RandomStream(seed: seed, purpose: .sampling, client: stream)
    return random.permutation(count).prefix(limit).sorted()
  }

  /// How many rows `someRows` gives.
  public static func howMany(_ limit: Int, of count: Int) -> Int {
    limit > 0 ? min(limit, count) : count
  }
}
