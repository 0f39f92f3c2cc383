import Kernels

/// A sample of the bank and its similarity to a query.
struct Neighbour {
  /// The similarity but for the query's length.
  var product: Float
  var similarity: Float
  var index: Int

  /// Nearer first, then the bank's order: total, so that a selection has one answer.
  static func precedes(_ a: Neighbour, _ b: Neighbour) -> Bool {
    a.product != b.product ? a.product > b.product : a.index < b.index
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

  /// Adds samples `first`, `first + 1`, … whose similarity is product · `scale`.
  ///
  /// Samples must come in the bank's order: one that only equals the threshold comes after those
  /// that set it. NaN is never better.
  mutating func add(
    _ products: UnsafePointer<Float>, _ scale: Float, count: Int, first: Int,
    _ kernels: MotetKernels
  ) {
    // In pieces, since the threshold rises.
    let length = 256
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: length) { places in
      for start in stride(from: 0, to: count, by: length) {
        let found = kernels.above(
          min(length, count - start), products + start, threshold, places.baseAddress)
        for place in places[0..<found] {
          let product = products[start + Int(place)]
          guard product > threshold else { continue }
          candidates.append(
            Neighbour(
              product: product, similarity: product * scale, index: first + start + Int(place)))
          if candidates.count > 2 * k { select() }
        }
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
    threshold = candidates[last].product
    candidates.removeLast(candidates.count - k)
  }
}
