import Catalogues
import Evaluation

/// How many of the training samples have labels.
public struct LabelOptions: SharedOptions, Equatable {
  public static let meanings = [
    "labels": "share of the training samples whose labels are seen, of each class",
    "labels_seed": "of which samples these are",
  ]

  /// Above 0; 1 are all.
  public var labels = 1.0
  public var labelsSeed: UInt64 = 1

  public init() {}

  private enum CodingKeys: String, CodingKey {
    case labels
    case labelsSeed = "labels_seed"
  }

  func validate() throws { _ = try share }

  /// The share that it says.
  var share: LabelledShare {
    get throws { try LabelledShare(labels, seed: labelsSeed) }
  }
}
