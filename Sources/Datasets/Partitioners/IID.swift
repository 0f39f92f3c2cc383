import Catalogues
import Tensors

/// No skew: the samples, shuffled, in parts of equal size (McMahan et al., arXiv 1602.05629,
/// "IID"). Sizes differ by 1 at most, the first clients having one more. Classes are as chance has
/// them.
public struct IID: Partitioner, PlugIn {
  public static let name = "iid"
  public static let summary = "shuffled samples in parts of equal size"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  public func assign(_ samples: PartitionInput) -> [Int] {
    let count = samples.labels.count
    var random = samples.stream()
    var assignment = [Int](repeating: 0, count: count)
    for (place, sample) in random.permutation(count).enumerated() {
      assignment[sample] = place % samples.clients
    }
    return assignment
  }
}
