import Catalogues
import Layers
import Tensors

/// How a gradient changes parameters. The state is fresh for each client and round.
///
/// An optimizer is one file here and one line in `optimizers`.
public protocol Optimizer: Sendable {
  /// Vectors of the parameters' size that the optimizer keeps between steps, zero at first.
  var stateCount: Int { get }

  /// One step at a learning rate; changes trainable parameters alone.
  /// - Parameter number: of the step, from 0.
  func step(
    _ parameters: ParameterVector, _ gradient: ParameterVector, state: [ParameterVector],
    number: Int, rate: Float, _ engine: Engine)
}

/// Every optimizer that a job file can name.
public let optimizers = Catalogue<any Optimizer>(
  "optimizer",
  [
    .init(SGD.self) { $0 },
    .init(AdamW.self) { $0 },
    .init(LARS.self) { $0 },
  ])

/// The parts of a layout that an optimizer changes, as few contiguous ranges as there are.
func trainableRanges(_ layout: ParameterLayout) -> [Range<Int>] {
  layout.entries.filter(\.trainable).reduce(into: []) { ranges, entry in
    if let last = ranges.last, last.upperBound == entry.offset {
      ranges[ranges.count - 1] = last.lowerBound..<entry.range.upperBound
    } else {
      ranges.append(entry.range)
    }
  }
}
