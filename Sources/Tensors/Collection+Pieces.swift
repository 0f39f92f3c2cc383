extension Collection where Index == Int {
  /// The elements in pieces of at most `size`, in order.
  public func pieces(of size: Int) -> [SubSequence] {
    stride(from: startIndex, to: endIndex, by: size).map {
      self[$0..<Swift.min($0 + size, endIndex)]
    }
  }
}
