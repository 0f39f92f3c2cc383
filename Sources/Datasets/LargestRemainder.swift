import HeapModule

/// Whole numbers with the given sum, each within 1 of its share of it: shares rounded down, then
/// one more to each of the largest remainders, the lower index first among equals.
func largestRemainder(_ shares: [Double], total: Int) -> [Int] {
  let quotas = shares.map { $0 * Double(total) }
  var counts = quotas.map { Int($0) }
  let left = total - counts.reduce(0, +)
  precondition(left >= 0 && left <= counts.count, "shares do not sum to 1")
  // The first in the order of remainders: of a million shares few get one more.
  var first = Heap<Remainder>(minimumCapacity: left)
  for (index, quota) in quotas.enumerated() where left > 0 {
    let own = Remainder(size: quota - Double(counts[index]), index: index)
    if first.count < left {
      first.insert(own)
    } else if let last = first.max, own < last {
      first.replaceMax(with: own)
    }
  }
  for own in first.unordered { counts[own.index] += 1 }
  return counts
}

/// What a share is above its whole number; the largest come first.
private struct Remainder: Comparable {
  let size: Double
  let index: Int

  static func < (a: Self, b: Self) -> Bool {
    a.size == b.size ? a.index < b.index : a.size > b.size
  }
}
