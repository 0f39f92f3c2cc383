/// Values for every parameter of a layout, in one aligned block: a model, its gradient, momentum,
/// an update. A reference: `copy()` is the only way to a second one.
public final class ParameterVector {
  public let layout: ParameterLayout
  public let floats: UnsafeMutableBufferPointer<Float>

  /// All zero.
  public init(_ layout: ParameterLayout) {
    self.layout = layout
    floats = allocate(layout.count)
    floats.initialize(repeating: 0)
  }

  deinit { floats.baseAddress.map { UnsafeMutableRawPointer($0).deallocate() } }

  public var count: Int { floats.count }

  public func copy() -> ParameterVector {
    let other = ParameterVector(layout)
    other.assign(self)
    return other
  }

  /// Takes over the other vector's values.
  public func assign(_ other: ParameterVector) {
    precondition(count == other.count, "parameters: \(count) and \(other.count)")
    _ = floats.update(fromContentsOf: other.floats)
  }

  /// Takes over the values of the other vector's first entries, which are all of this one's.
  public func assign(beginningOf other: ParameterVector) {
    precondition(count <= other.count, "parameters: \(count) of \(other.count)")
    _ = floats.update(fromContentsOf: other.floats[..<count])
  }

  /// Takes over the values of the entries that both have, by name.
  public func assign(sharedEntriesOf other: ParameterVector) {
    for entry in other.layout.entries {
      guard let place = layout.entry(entry.name) else { continue }
      _ = self[place.range].update(fromContentsOf: other[entry.range])
    }
  }

  public func zero() { floats.update(repeating: 0) }

  /// The values in a slot of the layout.
  @inline(__always)
  public subscript(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: floats[range])
  }

  /// One parameter in PyTorch's order.
  public func torchValues(_ entry: ParameterLayout.Entry) -> [Float] {
    let source = self[entry.range]
    return [Float](unsafeUninitializedCapacity: entry.count) { target, count in
      forEachIndex(entry) { torch, here in target[torch] = source[here] }
      count = entry.count
    }
  }

  /// Sets one parameter from values in PyTorch's order.
  public func setTorchValues(_ values: [Float], _ entry: ParameterLayout.Entry) {
    precondition(values.count == entry.count, "\(entry.name): \(values.count) values")
    let target = self[entry.range]
    values.withUnsafeBufferPointer { source in
      forEachIndex(entry) { torch, here in target[here] = source[torch] }
    }
  }

  /// Calls `body` with each value's place in PyTorch's order and in ours.
  private func forEachIndex(_ entry: ParameterLayout.Entry, _ body: (Int, Int) -> Void) {
    switch entry.order {
    case .plain:
      for i in 0..<entry.count { body(i, i) }
    case .convolution, .linear:
      let outputs = entry.shape[0]
      let inputs = entry.shape[1]
      let taps = entry.shape.dropFirst(2).reduce(1, *)
      for o in 0..<outputs {
        for i in 0..<inputs {
          for t in 0..<taps {
            body((o * inputs + i) * taps + t, (t * inputs + i) * outputs + o)
          }
        }
      }
    }
  }
}
