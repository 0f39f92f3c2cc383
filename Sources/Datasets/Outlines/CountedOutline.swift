import Catalogues

/// A stand-in for a data set of one's own, of which only the numbers are known.
struct CountedOutline {
  /// What its samples are.
  enum Modality: String, WordOption {
    case image, audio
  }

  struct Options: Codable, Sendable {
    var modality = Modality.image
    var classes = 10
    /// Samples in the split.
    var train = 50_000
    var test = 10_000
    var size = 32
    var seconds = 1.0
    /// None where 0.
    var groups = 0
  }

  static let name = "counted"
  static let meanings = [
    "modality": "image or audio", "classes": "classes, of equal size as far as that goes",
    "train": "samples in the split train", "test": "samples in the split test",
    "size": "side of images in pixels", "seconds": "length of sounds",
    "groups": "groups of the training samples, such as speakers, with equal shares of each class",
  ]

  let outline: StoreOutline

  init(_ options: Options) throws {
    try ConfigurationError.check("classes", options.classes, in: 1...1_000_000)
    try ConfigurationError.check("train", options.train, in: options.classes...1_000_000_000)
    try ConfigurationError.check("test", options.test, in: 0...1_000_000_000)
    try ConfigurationError.check("size", options.size, in: 1...4_096)
    try ConfigurationError.check("seconds", options.seconds, in: 0.01...86_400)
    try ConfigurationError.check("groups", options.groups, in: 0...options.train)
    let counts = ["train": options.train, "test": options.test].filter { $0.value > 0 }
    outline = StoreOutline(
      parts: [
        .init(
          options.modality.rawValue, classes: StoreOutline.numbered(options.classes),
          extent: options.modality == .image
            ? .dense([options.size, options.size, 3])
            : StoreOutline.sound(seconds: options.seconds),
          counts: counts, groups: options.groups > 0 ? ["train": options.groups] : [:])
      ], source: "numbers that were given")
  }
}
