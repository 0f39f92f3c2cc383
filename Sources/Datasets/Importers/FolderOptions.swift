import Catalogues

/// What both importers of folders of classes can be told.
public struct FolderOptions: SharedOptions {
  public static let meanings = [
    "test_share": "share of each class for the split test, where the folder has no splits",
    "table": "a CSV file in the folder that says what its files are, by columns file, label and "
      + "perhaps split and group; without it, folders say it",
    "splits": "named: folders called train, test, val … are splits; none: all are classes",
  ]

  /// Share of each class for the split `test`, where the folder has no splits.
  public var testShare = 0.2
  /// Whether folders at the top are splits.
  public var splits = SplitFolders.Option.named

  /// No text: folders say what files are.
  public var table = ""

  enum CodingKeys: String, CodingKey {
    case splits, table
    case testShare = "test_share"
  }

  public init() {}

  func validate() throws { try checkShare(testShare) }

  /// The files of a folder whose names end so; `kind` is what people call them.
  func files(in folder: String, endings: Set<String>, kind: String) throws -> LabelledFiles {
    guard table.isEmpty else {
      return try FileTable("\(folder)/\(table)", of: folder, testShare: testShare).files
    }
    return try ClassFolders(
      folder,
      .init(extensions: endings, kind: kind, testShare: testShare, splits: splits)
    ).files
  }
}
