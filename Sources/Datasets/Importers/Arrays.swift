import Catalogues

/// Samples in arrays: NumPy's `.npy` and `.npz`, and HDF5 files of other programs.
public struct Arrays: Importer, PlugIn {
  /// Where in its shape a picture's channels are.
  public enum Channels: String, WordOption {
    /// Where there are 1 or 3, if that is one place.
    case auto
    /// N×3×H×W.
    case first
    /// N×H×W×3.
    case last
  }

  public struct Options: Codable, Sendable {
    /// No text: as Keras or MedMNIST call them.
    public var samples = ""
    public var labels = ""
    public var groups = ""
    public var classes = ""
    public var modality = RecordModality.auto
    public var channels = Channels.auto
    /// 0: 255 of bytes, 32768 of 16-bit sounds, 1 of Float sounds.
    public var fullScale = 0.0
    /// Samples a second.
    public var rate = 0
    public var size = 0
    public var testShare = 0.2

    enum CodingKeys: String, CodingKey {
      case samples, labels, groups, classes, modality, channels, rate, size
      case fullScale = "full_scale"
      case testShare = "test_share"
    }
  }

  public static let name = "arrays"
  public static let summary =
    "Arrays in NumPy's .npy and .npz or in HDF5; --from is a file or a folder of them"
  public static let defaults = Options()
  public static let meanings = [
    "samples": "the array of samples, such as x_{split}, data.npz:x_{split} or /{split}/images in "
      + "HDF5, where {split} stands for train, test, val …; without it, test_share makes the splits",
    "labels": "the array of labels: numbers or texts; without both names, x_{split} and y_{split} "
      + "or {split}_images and {split}_labels",
    "groups": "the array that says whose each sample is, such as a speaker's",
    "classes":
      "names of the classes with commas between, or the array that holds them; without it, "
      + "the labels themselves",
    "modality": "image or audio; auto takes rows of numbers for sounds, and others for pictures",
    "channels": "first (N×3×H×W) or last (N×H×W×3); auto sees it in the shape",
    "full_scale": "the number that is white, or a sound's full scale; 0: 255 of bytes, 32768 of "
      + "16-bit sounds, 1 of floating point sounds",
    "rate": "samples a second of sounds; they become 16000",
    "size": "side in pixels to which pictures are brought; 0 leaves them, all of one size",
    "test_share": "share of each class for the split test, where the arrays have no splits",
  ]
  private let options: Options
  public var takesFiles: Bool { true }

  public init(_ options: Options) throws {
    try checkSize(options.size)
    try checkShare(options.testShare)
    try ConfigurationError.check("rate", options.rate, in: 0...1_000_000)
    guard options.fullScale >= 0, options.fullScale.isFinite else {
      throw ConfigurationError(
        "full_scale", "\(options.fullScale) is not above 0 (0: by the kind of numbers)")
    }
    self.options = options
  }

  public func run(from source: String, into sink: ImportSink) throws {
    try RecordStream(
      reader: Self.name, needs: ["numpy", "h5py"], options: try readerOptions(options),
      size: options.size, testShare: options.testShare
    ).run(from: source, into: sink)
  }
}

/// What rows of other programs' files hold.
public enum RecordModality: String, WordOption {
  /// What the file says.
  case auto
  case image, audio
}

/// An importer's options as its reader in the Python package takes them: without those that are
/// the importer's own.
func readerOptions(_ options: some Encodable) throws -> String {
  var tree = try Tree(encoding: options)
  for own in ["size", "test_share"] { _ = tree.take(own) }
  return tree.json
}
