import Catalogues

/// Images by class: `CLASS/FILE` or `train/CLASS/FILE` with `test/CLASS/FILE`; `CLASS/GROUP/FILE`
/// says whose they are, such as a writer's.
public struct ImageFolder: Importer, PlugIn {
  public typealias Options = MergedOptions<Own, FolderOptions>

  public struct Own: SharedOptions {
    public static let meanings = [
      "size": "side in pixels to which images are brought; 0 leaves them, all of one size"
    ]

    /// Side in pixels to which images are brought (filled, middle cut out); 0 leaves them as they
    /// are, and then all must be of one size.
    public var size = 0

    public init() {}
  }

  public static let name = "image-folder"
  public static let summary = "JPEG and PNG images in a folder for each class"
  public static let defaults = Options()
  public static let meanings = Options.meanings
  private let own: Own
  private let folders: FolderOptions

  public init(_ options: Options) throws {
    (own, folders) = options.groups
    try checkSize(own.size)
    try folders.validate()
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let found = try folders.files(
      in: folder, endings: ["jpg", "jpeg", "jpe", "jfif", "png"], kind: "JPEG or PNG images")
    sink.leaveOut(found.leftOut)
    try sink.begin("image", classes: found.classes, expected: found.entries.count)
    for entry in found.entries {
      try sink.add(split: entry.split, label: entry.label, name: entry.path, group: entry.group) {
        try StoredSample(pictureAt: entry.path, size: own.size)
      }
    }
  }
}

func checkShare(_ share: Double) throws {
  try ConfigurationError.share("test_share", share, leavesRest: true)
}

func checkSize(_ size: Int) throws {
  guard size >= 0, size <= 4_096 else {
    throw ConfigurationError("size", "\(size) is not between 1 and 4096 (0: as it is)")
  }
}
