import Catalogues

/// What both importers of folders of classes can be told.
public struct FolderOptions: SharedOptions {
  public static let meanings = [
    "test_share": "share of each class for the split test, where the folder has no splits",
    "splits": "named: folders called train, test, val … are splits; none: all are classes",
  ]

  /// Share of each class for the split `test`, where the folder has no splits.
  public var testShare = 0.2
  /// Whether folders at the top are splits.
  public var splits = SplitFolders.Option.named

  enum CodingKeys: String, CodingKey {
    case splits
    case testShare = "test_share"
  }

  public init() {}

  func validate() throws { try checkShare(testShare) }
}
