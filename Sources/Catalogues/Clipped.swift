/// The sum of two counts, at most `Int.max`: what a plan counts of impossible jobs may be more.
public func clippedSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}

/// The product of counts, at most `Int.max`.
public func clippedProduct(_ counts: Int...) -> Int {
  counts.reduce(1) { product, count in
    let (next, overflow) = product.multipliedReportingOverflow(by: count)
    return overflow ? .max : next
  }
}
