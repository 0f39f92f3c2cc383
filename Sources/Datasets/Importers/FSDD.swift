import Catalogues
import Foundation

/// The Free Spoken Digit Dataset: `recordings/DIGIT_SPEAKER_INDEX.wav`. Indices 0 to 4 of each
/// digit and speaker are the test split, as its makers say. Its groups are the speakers.
public struct FSDD: Importer, PlugIn {
  public static let name = "fsdd"
  public static let summary = "Free Spoken Digit Dataset: recordings/DIGIT_SPEAKER_INDEX.wav"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  public var outline: StoreOutline? {
    StoreOutline(
      parts: [
        .init(
          "audio", classes: (0...9).map(String.init), extent: StoreOutline.sound(seconds: 0.44),
          counts: ["train": 2_700, "test": 300], groups: ["train": 6, "test": 6])
      ],
      source: "Free Spoken Digit Dataset: 6 speakers, 10 digits, 45 training and 5 test recordings",
      assumed: "every recording has the mean length, 0.44 s")
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let inner = "\(folder)/recordings"
    let recordings = FileManager.default.fileExists(atPath: inner) ? inner : folder
    let paths = try allFiles(recordings).filter { $0.hasSuffix(".wav") }
    guard !paths.isEmpty else {
      throw StoreError(recordings, "holds no recordings; expected DIGIT_SPEAKER_INDEX.wav")
    }
    let named = try paths.map { path -> (path: String, digit: Int, speaker: String, index: Int) in
      let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
      let parts = stem.split(separator: "_")
      guard parts.count == 3, let digit = Int(parts[0]), let index = Int(parts[2]),
        0...9 ~= digit, index >= 0
      else { throw StoreError(path, "is not named DIGIT_SPEAKER_INDEX.wav") }
      return (path, digit, String(parts[1]), index)
    }
    try sink.begin("audio", classes: (0...9).map(String.init), expected: named.count)
    for (path, digit, speaker, index) in named {
      try sink.add(
        split: index < 5 ? "test" : "train", label: digit, name: path, group: speaker
      ) {
        try StoredSample(soundAt: path)
      }
    }
  }
}
