import Catalogues
import Foundation

/// ESC-50: `meta/esc50.csv` and `audio/*.wav`. Its groups are the recordings (`src_file`) that
/// clips are cut from.
public struct ESC50: Importer, PlugIn {
  /// What becomes the test split.
  public enum Split: String, WordOption {
    /// Whole folds.
    case fold
    /// Within each class a share of the clips, so parted that those cut from one recording
    /// (`src_file`) stay together; for a single fold.
    case source
  }

  public struct Options: Codable, Sendable {
    public var split = Split.fold
    /// The folds that are the test split.
    public var testFolds = [5]
    /// With `source`: the share of each class's clips that is the test split, at most.
    public var testShare = 0.25

    enum CodingKeys: String, CodingKey {
      case split
      case testFolds = "test_folds"
      case testShare = "test_share"
    }
  }

  public static let name = "esc50"
  public static let summary = "ESC-50: meta/esc50.csv and audio/*.wav, parted by fold or source"
  public static let defaults = Options()
  public static let meanings = [
    "split": "what is the test split: fold (whole folds) or source (a share by recording)",
    "test_folds": "the folds that are the test split",
    "test_share": "with source: the share of each class's clips to test on, at most",
  ]
  private let options: Options

  public init(_ options: Options) throws {
    try checkShare(options.testShare)
    self.options = options
  }

  private struct Clip {
    let file: String
    let fold: Int
    let target: Int
    let category: String
    let source: String
  }

  public var outline: StoreOutline? {
    let test = options.split == .fold ? Set(options.testFolds).intersection(1...5).count * 400 : 0
    guard test > 0, test < 2_000 else { return nil }
    return StoreOutline(
      parts: [
        .init(
          "audio", classes: StoreOutline.numbered(50), extent: StoreOutline.sound(seconds: 5),
          counts: ["train": 2_000 - test, "test": test])
      ], source: "ESC-50: 50 classes of 40 clips of 5 s in 5 folds")
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let table = "\(folder)/meta/esc50.csv"
    let clips = try readTable(table)
    let isTest = options.split == .fold ? testByFold(clips) : testBySource(clips)
    guard isTest.contains(true), isTest.contains(false) else {
      let folds = Set(clips.map(\.fold)).sorted()
      throw StoreError(
        table,
        "test_folds \(options.testFolds) of the folds \(folds) that are there leave one "
          + "split empty; name other folds or set split=source")
    }
    // A part of the data set may lack classes: labels number those that are there.
    let classes = try ClassNames(
      clips.map { ($0.target, $0.category, "\(table): \($0.file)") }, called: "target", in: table)
    try sink.begin("audio", classes: classes.names, expected: clips.count)
    for (clip, isTest) in zip(clips, isTest) {
      let path = "\(folder)/audio/\(clip.file)"
      let label = classes.labels[clip.target]!
      try sink.add(
        split: isTest ? "test" : "train", label: label, name: path, group: clip.source
      ) {
        try StoredSample(soundAt: path)
      }
    }
  }

  private func readTable(_ path: String) throws -> [Clip] {
    let table = try CommaSeparated(path, mend: "--from is the folder above meta/")
    let columns = try table.columns(["filename", "fold", "target", "category", "src_file"])
    return try table.body().map { row in
      let fields = columns.map { row.fields[$0] }
      guard let fold = Int(fields[1]), let target = Int(fields[2]) else {
        throw StoreError(path, "line \(row.line): fold and target are not whole numbers")
      }
      return Clip(
        file: fields[0], fold: fold, target: target, category: fields[3], source: fields[4])
    }
  }

  private func testByFold(_ clips: [Clip]) -> [Bool] {
    clips.map { options.testFolds.contains($0.fold) }
  }

  /// Takes whole sources, in their order, as long as they do not exceed the share; at least the
  /// smallest, where there is more than one.
  private func testBySource(_ clips: [Clip]) -> [Bool] {
    var isTest = [Bool](repeating: false, count: clips.count)
    for (_, indices) in Dictionary(grouping: clips.indices, by: { clips[$0].target }) {
      var room = Int((Double(indices.count) * options.testShare).rounded())
      let sources = Dictionary(grouping: indices, by: { clips[$0].source })
      for (_, own) in sources.sorted(by: { $0.key < $1.key }) where own.count <= room {
        room -= own.count
        for index in own { isTest[index] = true }
      }
      if sources.count > 1, !indices.contains(where: { isTest[$0] }) {
        let smallest = sources.values.min { ($0.count, $0[0]) < ($1.count, $1[0]) }!
        for index in smallest { isTest[index] = true }
      }
    }
    return isTest
  }
}
