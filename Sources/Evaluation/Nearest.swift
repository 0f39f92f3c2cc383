/// A sample of the bank and its similarity to a query.
struct Neighbour {
  var similarity: Float
  var index: Int

  /// Nearer first, then the bank's order: total, so that a selection has one answer.
  static func precedes(_ a: Neighbour, _ b: Neighbour) -> Bool {
    a.similarity != b.similarity ? a.similarity > b.similarity : a.index < b.index
  }
}

/// The k best of a stream of similarities, in memory for 2 k: candidates better than the k-th best
/// so far are collected, and when the memory is full the best k are selected (Hoare's quickselect).
struct Nearest {
  private let k: Int
  private var candidates: [Neighbour] = []
  private var threshold = -Float.infinity

  init(k: Int) {
    self.k = k
    candidates.reserveCapacity(2 * k + 1)
  }

  mutating func clear() {
    candidates.removeAll(keepingCapacity: true)
    threshold = -.infinity
  }

  /// Adds samples `first`, `first + 1`, … whose similarity is product · scale · `queryScale`.
  ///
  /// Samples must come in the bank's order: one that only equals the threshold is behind those
  /// that set it. NaN is never better.
  mutating func add(
    _ products: UnsafePointer<Float>, _ scales: UnsafePointer<Float>, _ queryScale: Float,
    count: Int, first: Int
  ) {
    for i in 0..<count {
      let similarity = products[i] * scales[i] * queryScale
      if similarity > threshold {
        candidates.append(Neighbour(similarity: similarity, index: first + i))
        if candidates.count > 2 * k { select() }
      }
    }
  }

  /// The k best, best first.
  mutating func sorted() -> ArraySlice<Neighbour> {
    candidates.sort(by: Neighbour.precedes)
    return candidates.prefix(k)
  }

  /// Keeps the k best and raises the threshold to the last of them.
  private mutating func select() {
    let last = k - 1
    candidates.withUnsafeMutableBufferPointer { all in
      var low = 0
      var high = all.count - 1
      while low < high {
        let pivot = all[(low + high) / 2]
        var i = low
        var j = high
        while i <= j {
          while Neighbour.precedes(all[i], pivot) { i += 1 }
          while Neighbour.precedes(pivot, all[j]) { j -= 1 }
          if i <= j {
            all.swapAt(i, j)
            i += 1
            j -= 1
          }
        }
        if last <= j { high = j } else if last >= i { low = i } else { break }
      }
    }
    threshold = candidates[last].similarity
    candidates.removeLast(candidates.count - k)
  }
}
