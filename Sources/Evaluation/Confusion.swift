/// How often each class was taken for which.
public struct Confusion: Sendable, Equatable {
  public let classes: Int
  /// [true class, predicted class], row-major.
  public let counts: [Int64]

  public init(_ predicted: [Int32], _ labels: [Int32], classes: Int) {
    precondition(predicted.count == labels.count, "\(predicted.count) and \(labels.count) labels")
    var counts = [Int64](repeating: 0, count: classes * classes)
    for (p, label) in zip(predicted, labels) { counts[Int(label) * classes + Int(p)] += 1 }
    self.classes = classes
    self.counts = counts
  }

  /// Each class's share of samples that were recognised; not a number for a class without samples.
  public var perClass: [Double] {
    (0..<classes).map { c in
      let row = counts[c * classes..<(c + 1) * classes]
      return Double(row[c + c * classes]) / Double(row.reduce(0, +))
    }
  }
}
