import Catalogues

/// Samples in Parquet files as Hugging Face's `datasets` lays them out: the bytes of a picture or
/// sound in a row, and its label beside it.
public struct Parquet: Importer, PlugIn {
  public struct Options: Codable, Sendable {
    public var column = ""
    public var label = ""
    public var group = ""
    public var modality = RecordModality.auto
    public var size = 0
    public var testShare = 0.2

    enum CodingKeys: String, CodingKey {
      case column, label, group, modality, size
      case testShare = "test_share"
    }
  }

  public static let name = "parquet"
  public static let summary =
    "Hugging Face's Parquet: bytes of pictures or sounds and labels, train-….parquet, test-….parquet"
  public static let defaults = Options()
  public static let meanings = [
    "column": "the column of pictures or sounds; without it, the only one",
    "label": "the column of labels; without it, the only one of class labels, or label, or labels",
    "group": "the column that says whose each sample is, such as a speaker's",
    "modality": "image or audio; auto: as the files say",
    "size": "side in pixels to which pictures are brought; 0 leaves them, all of one size",
    "test_share": "share of each class for the split test, where no file's name says a split",
  ]
  private let options: Options
  public var takesFiles: Bool { true }

  public init(_ options: Options) throws {
    try checkSize(options.size)
    try checkShare(options.testShare)
    self.options = options
  }

  public func run(from source: String, into sink: ImportSink) throws {
    try RecordStream(
      reader: Self.name, needs: ["numpy", "pyarrow"], options: try readerOptions(options),
      size: options.size, testShare: options.testShare
    ).run(from: source, into: sink)
  }
}
