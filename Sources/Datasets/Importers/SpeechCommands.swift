import Catalogues
import Foundation

/// Speech Commands v2 (Warden 2018): `WORD/*.wav` of a second or less, `testing_list.txt` and
/// `validation_list.txt` naming two of the three splits; `_background_noise_` is no class. Its
/// groups are the speakers, whose hash is what stands before `_nohash_` in a file's name.
public struct SpeechCommands: Importer, PlugIn {
  public static let name = "speechcommands"
  public static let summary =
    "Speech Commands v2: WORD/*.wav, validation_list.txt, testing_list.txt"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  public var outline: StoreOutline? {
    StoreOutline(
      parts: [
        .init(
          "audio", classes: StoreOutline.numbered(35), extent: StoreOutline.sound(seconds: 1),
          counts: ["train": 84_843, "validation": 9_981, "test": 11_005],
          groups: ["train": 2_099, "validation": 247, "test": 272])
      ],
      source:
        "Speech Commands v2: 35 words, 84,843 / 9,981 / 11,005 clips of up to 1 s, 2,618 speakers",
      assumed:
        "words of equal number, though some have about half as many clips; all clips of 1 s; "
        + "speakers of equal number, in each split as many as its share of the clips")
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let words = try subfolders(folder).filter { !$0.hasPrefix("_") }
    guard !words.isEmpty else {
      throw StoreError(folder, "holds no folders of words; expected WORD/FILE.wav")
    }
    var splits: [String: String] = [:]
    var lists: [String: String] = [:]
    for (split, list) in [("validation", "validation_list.txt"), ("test", "testing_list.txt")] {
      let path = "\(folder)/\(list)"
      for file in try textLines(path, mend: "--from is the folder with the words") {
        if let other = splits.updateValue(split, forKey: file), other != split {
          throw StoreError(path, "\(file) is in \(lists[file]!) too")
        }
        lists[file] = list
      }
    }
    let files = try words.enumerated().map { label, word in
      let paths = try allFiles("\(folder)/\(word)").filter { $0.hasSuffix(".wav") }
      guard !paths.isEmpty else { throw StoreError("\(folder)/\(word)", "holds no .wav files") }
      return (label, paths)
    }
    func relative(_ path: String) -> String { String(path.dropFirst(folder.count + 1)) }
    let there = Set(files.flatMap { $0.1.map(relative) })
    for file in splits.keys.sorted() where !there.contains(file) {
      try sink.skip("\(folder)/\(file): is in \(lists[file]!) but not there")
    }
    try sink.begin("audio", classes: words, expected: files.reduce(0) { $0 + $1.1.count })
    for (label, paths) in files {
      for path in paths {
        let split = splits[relative(path)] ?? "train"
        try sink.add(split: split, label: label, name: path, group: speaker(path)) {
          try StoredSample(soundAt: path)
        }
      }
    }
  }

  private func speaker(_ path: String) -> String {
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return stem.range(of: "_nohash_").map { String(stem[..<$0.lowerBound]) } ?? stem
  }
}
