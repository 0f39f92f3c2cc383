/// Whole numbers with the given sum, each within 1 of its share of it: shares rounded down, then
/// one more to each of the largest remainders, the lower index first among equals.
func largestRemainder(_ shares: [Double], total: Int) -> [Int] {
  let quotas = shares.map { $0 * Double(total) }
  var counts = quotas.map { Int($0) }
  let left = total - counts.reduce(0, +)
  precondition(left >= 0 && left <= counts.count, "shares do not sum to 1")
  let order = counts.indices.sorted {
    let (a, b) = (quotas[$0] - Double(counts[$0]), quotas[$1] - Double(counts[$1]))
    return a == b ? $0 < $1 : a > b
  }
  for index in order.prefix(left) { counts[index] += 1 }
  return counts
}
