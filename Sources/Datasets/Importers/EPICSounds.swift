import Catalogues
import Files
import Foundation
import HDF5
import Media

/// EPIC-Sounds (Huh et al. 2023): `EPIC_Sounds_train.csv` and `EPIC_Sounds_validation.csv` with
/// segments of videos, and the videos' sound either as `VIDEO.wav` anywhere below the folder, or in
/// one `EPIC_audio.hdf5` with a data set for each video. The validation segments become the split
/// `test`. Its groups are the participants, or the videos.
public struct EPICSounds: Importer, PlugIn {
  /// What the groups of samples are.
  public enum Group: String, WordOption { case participant, video }

  public struct Options: Codable, Sendable {
    public var group = Group.participant
  }

  public static let name = "epicsounds"
  public static let summary =
    "EPIC-Sounds: EPIC_Sounds_{train,validation}.csv and VIDEO.wav or EPIC_audio.hdf5"
  public static let defaults = Options()
  public static let meanings = [
    "group": "what the samples' groups are: participant or video"
  ]
  private let options: Options

  public init(_ options: Options) throws {
    self.options = options
  }

  /// Samples a second in which the tables, and the sounds in `EPIC_audio.hdf5`, are given.
  private static let rate = 24_000
  /// No video is so long, in samples.
  private static let longest = 1 << 40

  private struct Segment {
    /// For messages.
    let name: String
    let id: String
    let video: String
    let samples: Range<Int>
    let classID: Int
    let className: String
    let split: String
    let group: String
  }

  public var outline: StoreOutline? {
    StoreOutline(
      parts: [
        .init(
          "audio", classes: StoreOutline.numbered(44), extent: StoreOutline.sound(seconds: 5),
          counts: ["train": 60_056, "test": 8_036])
      ],
      source: "EPIC-Sounds: 44 classes, 60,056 training and 8,036 validation segments",
      assumed: "classes of equal size, though a few hold most segments; all segments of 5 s")
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let segments =
      try readTable("\(folder)/EPIC_Sounds_train.csv", "train")
      + readTable("\(folder)/EPIC_Sounds_validation.csv", "test")
    let classes = try ClassNames(
      segments.map { ($0.classID, $0.className, $0.name) }, called: "class_id", in: folder)
    let videos = try EPICVideos(folder)
    for video in Set(segments.map(\.video)).sorted() where videos.path(of: video) == nil {
      try sink.skip("\(folder): there is no sound of video \(video)")
    }
    try sink.begin("audio", classes: classes.names, expected: segments.count)
    for segment in segments {
      guard let path = videos.path(of: segment.video) else {
        sink.miss(segment.name)
        continue
      }
      try sink.add(
        split: segment.split, label: classes.labels[segment.classID]!, name: path, part: segment.id,
        content: "\(segment.video) \(segment.samples)", group: segment.group
      ) {
        do {
          return try StoredSample(
            videos.sound(of: segment.video, segment.samples, rate: Self.rate))
        } catch { throw StoreError(segment.name, "\(error)") }
      }
    }
  }

  private func readTable(_ path: String, _ split: String) throws -> [Segment] {
    let table = try CommaSeparated(path, mend: "--from is the folder with the two tables")
    let columns = try table.columns([
      "annotation_id", "video_id", "start_sample", "stop_sample", "class", "class_id",
      "\(options.group.rawValue)_id",
    ])
    return try table.body().map { row in
      let fields = columns.map { row.fields[$0] }
      guard let start = Int(fields[2]), let stop = Int(fields[3]), let id = Int(fields[5]),
        start >= 0, !fields[4].isEmpty, !fields[6].isEmpty
      else {
        throw StoreError(
          path,
          "line \(row.line): no whole start_sample, stop_sample and class_id, or no class or "
            + "\(options.group.rawValue)_id")
      }
      guard start <= Self.longest, stop <= Self.longest else {
        throw StoreError(
          path, "line \(row.line): start_sample or stop_sample is beyond \(Self.longest)")
      }
      return Segment(
        name: "\(path): \(fields[0])", id: fields[0], video: fields[1],
        samples: start..<max(start, stop),
        classID: id, className: fields[4], split: split, group: fields[6])
    }
  }
}

/// The sounds of the videos, in either layout.
private final class EPICVideos: @unchecked Sendable {
  private let waves: [String: String]
  private let archive: HDF5File?
  /// The archive's.
  private let stamp: FileStamp?
  private let archived: Set<String>
  /// One thread at a time reads the archive.
  private let lock = NSLock()

  init(_ folder: String) throws {
    let path = try allFiles(folder).first { $0.hasSuffix("/EPIC_audio.hdf5") }
    guard path == nil || HDF5File.isThreadSafe else {
      throw StoreError(path!, "needs an HDF5 library built thread-safe; give VIDEO.wav files")
    }
    stamp = path.flatMap { FileStamp(of: $0) }
    archive = try path.map { try HDF5File.open($0) }
    archived = Set(try archive?.names() ?? [])
    waves = archive == nil ? try soundsByStem(folder) : [:]
    guard archive != nil || !waves.isEmpty else {
      throw StoreError(folder, "holds neither EPIC_audio.hdf5 nor sounds named VIDEO.wav")
    }
  }

  /// The file that has a video's sound.
  func path(of video: String) -> String? {
    archived.contains(video) ? archive?.path : waves[video]
  }

  /// A part of a video's sound; its bounds count samples at `rate`.
  func sound(of video: String, _ samples: Range<Int>, rate: Int) throws -> Sound {
    guard !samples.isEmpty else { throw StoreError(video, "a segment of zero length") }
    if let wave = waves[video] {
      return try Sound.read(
        wave,
        seconds: Double(samples.lowerBound) / Double(rate)..<Double(samples.upperBound)
          / Double(rate), rate: SampleStore.soundRate)
    }
    let archive = archive!
    let values = try lock.withLock {
      try archive.whileUnchanged(since: stamp) {
        // Whole numbers are 16-bit samples; others have full scale 1.
        let scale: Float = try archive.elementKind(video) == .whole ? 1 / 32_768 : 1
        return try archive.read(video, rows: samples, as: Float.self).map { $0 * scale }
      }
    }
    guard values.allSatisfy(\.isFinite) else {
      throw StoreError(archive.path, "\(video): values that are not finite")
    }
    return Sound(samples: values, rate: rate)
  }
}
