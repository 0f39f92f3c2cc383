import Catalogues
import Foundation
import Tensors

/// ADVANCE (Hu et al. 2020): aerial pictures and the sounds of the same places, in two trees by
/// class below the folder, `CLASS/STEM.jpg` and `CLASS/STEM.wav`. The two of a stem are a pair. Its
/// groups are the places.
public struct ADVANCE: Importer, PlugIn {
  /// What becomes the test split.
  public enum Split: String, WordOption {
    /// Whole places (the first five characters of a stem), so that no place is in both splits.
    case place
    /// A share of each class's pairs.
    case pair
  }

  public struct Options: Codable, Sendable {
    public var split = Split.place
    public var testShare = 0.3
    /// Side in pixels to which pictures are brought; 0 leaves them as they are, 512.
    public var size = 256

    enum CodingKeys: String, CodingKey {
      case split, size
      case testShare = "test_share"
    }
  }

  public static let name = "advance"
  public static let summary =
    "ADVANCE: pairs CLASS/STEM.jpg and CLASS/STEM.wav in two trees, parted by place or pair"
  public static let defaults = Options()
  public static let meanings = [
    "split": "what is the test split: place (whole places) or pair (a share of each class)",
    "test_share": "the share to test on",
    "size": "side in pixels to which pictures are brought; 0 leaves them at 512",
  ]
  private let options: Options

  public init(_ options: Options) throws {
    try checkShare(options.testShare)
    try checkSize(options.size)
    self.options = options
  }

  private struct Pair {
    /// CLASS/STEM.
    let key: String
    let stem: String
    let label: Int
    let picture: String
    let sound: String
    /// The first five characters of the stem.
    var place: String { String(stem.prefix(5)) }
  }

  public var outline: StoreOutline? {
    let pairs = 5_075
    let test = Int((Double(pairs) * options.testShare).rounded())
    let side = options.size > 0 ? options.size : 512
    @Sendable func part(
      _ modality: String, _ extent: StoreOutline.SampleExtent
    ) -> StoreOutline.Part {
      .init(
        modality, classes: StoreOutline.numbered(13), extent: extent,
        counts: ["train": pairs - test, "test": test].filter { $0.value > 0 })
    }
    return StoreOutline(
      parts: [
        part("image", .dense([side, side, 3])), part("audio", StoreOutline.sound(seconds: 10)),
      ], arePairs: true, source: "ADVANCE: 13 classes, 5,075 pairs of a picture and 10 s of sound",
      assumed: "classes of equal size; a test split of just test_share")
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let files = try allFiles(folder)
    let pictures = try byClassAndStem(files, ".jpg")
    let sounds = try byClassAndStem(files, ".wav")
    guard !pictures.isEmpty, !sounds.isEmpty else {
      throw StoreError(folder, "expected two trees with CLASS/STEM.jpg and CLASS/STEM.wav")
    }
    let classes = Set(pictures.keys.map(className)).sorted()
    let soundClasses = Set(sounds.keys.map(className)).sorted()
    if let odd = Set(classes).symmetricDifference(soundClasses).sorted().first {
      let kind = classes.contains(odd) ? "pictures and no sounds" : "sounds and no pictures"
      throw StoreError(folder, "the class '\(odd)' has \(kind)")
    }
    let single =
      pictures.filter { sounds[$0.key] == nil }.map { ($0.value, "sound") }
      + sounds.filter { pictures[$0.key] == nil }.map { ($0.value, "picture") }
    for (path, other) in single.sorted(by: { $0.0 < $1.0 }) {
      try sink.skip("\(path): there is no \(other) of this name")
    }
    let labels = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    let pairs = pictures.keys.filter { sounds[$0] != nil }.sorted().map { key in
      Pair(
        key: key, stem: String(key.split(separator: "/").last!), label: labels[className(key)]!,
        picture: pictures[key]!, sound: sounds[key]!)
    }
    let isTest = options.split == .place ? testByPlace(pairs) : testByPair(pairs)
    for modality in ["image", "audio"] {
      try sink.begin(modality, classes: classes, expected: pairs.count)
      for (pair, isTest) in zip(pairs, isTest) {
        let path = modality == "image" ? pair.picture : pair.sound
        try sink.add(
          split: isTest ? "test" : "train", label: pair.label, name: path, group: pair.place,
          pair: pair.key
        ) {
          try modality == "image"
            ? StoredSample(pictureAt: path, size: options.size) : StoredSample(soundAt: path)
        }
      }
    }
  }

  private func className(_ key: String) -> String {
    String(key.split(separator: "/").first!)
  }

  /// Paths by CLASS/STEM.
  private func byClassAndStem(_ files: [String], _ suffix: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for path in files where path.lowercased().hasSuffix(suffix) {
      let key = path.dropLast(suffix.count).split(separator: "/").suffix(2).joined(separator: "/")
      if let other = found.updateValue(path, forKey: key) {
        throw StoreError(path, "has the class and name of \(other); one of the two must go")
      }
    }
    return found
  }

  /// Takes whole places, in an order drawn from a fixed seed, as long as they do not exceed the
  /// share.
  private func testByPlace(_ pairs: [Pair]) -> [Bool] {
    let places = Dictionary(grouping: pairs.indices) { pairs[$0].place }
    let names = places.keys.sorted()
    var room = Int((Double(pairs.count) * options.testShare).rounded())
    var isTest = [Bool](repeating: false, count: pairs.count)
    var random = RandomStream(seed: 0, purpose: .sampling)
    for index in random.permutation(names.count) {
      let own = places[names[index]]!
      guard own.count <= room else { continue }
      room -= own.count
      for pair in own { isTest[pair] = true }
    }
    return isTest
  }

  /// Takes a share of each class, drawn from a fixed seed.
  private func testByPair(_ pairs: [Pair]) -> [Bool] {
    var isTest = [Bool](repeating: false, count: pairs.count)
    for (label, own) in Dictionary(grouping: pairs.indices, by: { pairs[$0].label }) {
      var random = RandomStream(seed: 0, purpose: .sampling, sample: label)
      let held = Int((Double(own.count) * options.testShare).rounded())
      for index in random.permutation(own.count).prefix(held) { isTest[own[index]] = true }
    }
    return isTest
  }
}
