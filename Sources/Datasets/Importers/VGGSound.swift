import Catalogues
import Files
import Foundation

/// VGGSound (Chen et al. 2020): `vggsound.csv` without a heading (YouTube id, start second, label,
/// split), and the clips of 10 s as `ID_SSSSSS.wav` anywhere below the folder. Many clips are no
/// longer to be had: those that are not there are counted. Labels number the classes of the whole
/// list, so they are the same whatever is missing.
public struct VGGSound: Importer, PlugIn {
  public static let name = "vggsound"
  public static let summary = "VGGSound: vggsound.csv and clips ID_SSSSSS.wav, many may be missing"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  private struct Clip {
    let stem: String
    let label: String
    let split: String
  }

  public var outline: StoreOutline? {
    StoreOutline(
      parts: [
        .init(
          "audio", classes: StoreOutline.numbered(309), extent: StoreOutline.sound(seconds: 10),
          counts: ["train": 183_730, "test": 15_446])
      ], source: "VGGSound: 309 classes, 183,730 training and 15,446 test clips of 10 s",
      assumed: "classes of equal size, though training classes differ; no clip missing")
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let clips = try readTable("\(folder)/vggsound.csv")
    let sounds = try soundsByStem(folder)
    guard clips.contains(where: { sounds[$0.stem] != nil }) else {
      throw StoreError(folder, "holds none of the clips of vggsound.csv; expected ID_SSSSSS.wav")
    }
    let classes = Set(clips.map(\.label)).sorted()
    let labels = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    try sink.begin("audio", classes: classes, expected: clips.count)
    for clip in clips {
      guard let path = sounds[clip.stem] else {
        sink.miss("\(clip.stem).wav")
        continue
      }
      try sink.add(split: clip.split, label: labels[clip.label]!, name: path) {
        try StoredSample(soundAt: path)
      }
    }
  }

  private func readTable(_ path: String) throws -> [Clip] {
    let table = try CommaSeparated(path, mend: "--from is the folder with vggsound.csv")
    guard !table.rows.isEmpty else { throw StoreError(path, "has no lines") }
    return try table.rows.map { row in
      let fields = row.fields
      guard fields.count == 4, let start = Int(fields[1]), start >= 0, !fields[2].isEmpty,
        ["train", "test"].contains(fields[3])
      else {
        throw StoreError(path, "line \(row.line): expected ID,SECOND,\"LABEL\",train or test")
      }
      return Clip(
        stem: "\(fields[0])_\(padded(start, to: 6))", label: fields[2], split: fields[3])
    }
  }
}
