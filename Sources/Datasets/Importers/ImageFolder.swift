import Catalogues
import Media

/// Images by class: `CLASS/FILE` or `train/CLASS/FILE` with `test/CLASS/FILE`.
public struct ImageFolder: Importer, PlugIn {
  public struct Options: Codable, Sendable {
    /// Side in pixels to which images are brought (filled, middle cut out); 0 leaves them as they
    /// are, and then all must be of one size.
    public var size = 0
    /// Share of each class for the split `test`, where the folder has no splits.
    public var testShare = 0.2

    enum CodingKeys: String, CodingKey {
      case size
      case testShare = "test_share"
    }
  }

  public static let name = "image-folder"
  public static let summary = "JPEG and PNG images in a folder for each class"
  public static let defaults = Options()
  private let options: Options

  public init(_ options: Options) throws {
    guard options.size >= 0, options.size <= 4_096 else {
      throw ConfigurationError("size", "\(options.size) is not between 1 and 4096 (0: as it is)")
    }
    try checkShare(options.testShare)
    self.options = options
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let found = try ClassFolders(
      folder, extensions: ["jpg", "jpeg", "png"], kind: "JPEG or PNG images",
      testShare: options.testShare)
    try sink.begin("image", classes: found.classes, expected: found.entries.count)
    for entry in found.entries {
      try sink.add(split: entry.split, label: entry.label, name: entry.path) {
        let picture = try Picture.read(entry.path)
        return StoredSample(options.size > 0 ? picture.filling(side: options.size) : picture)
      }
    }
  }
}

extension StoredSample {
  /// A picture as it is stored: [height, width, 3].
  public init(_ picture: Picture) {
    self = .dense(picture.pixels, shape: [picture.height, picture.width, 3])
  }

  /// A sound as it is stored: at 16 kHz, 16 bits, what is beyond full scale clipped.
  public init(_ sound: Sound) throws {
    let sound = try sound.resampled(to: SampleStore.soundRate)
    self = .ragged(sound.samples.map { Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded()))) })
  }
}

func checkShare(_ share: Double) throws {
  guard share >= 0, share < 1 else {
    throw ConfigurationError("test_share", "\(share) is not a share; 0 ≤ share < 1")
  }
}
