import Catalogues
import Foundation

/// Sounds by class: `CLASS/FILE` or `train/CLASS/FILE` with `test/CLASS/FILE`; `CLASS/GROUP/FILE`
/// says whose they are, such as a speaker's.
public struct SoundFolder: Importer, PlugIn {
  public typealias Options = FolderOptions

  public static let name = "sound-folder"
  public static let summary =
    "WAV, FLAC, Ogg, MP3 and other sounds, any rate, in a folder for each class"
  public static let defaults = Options()
  public static let meanings = Options.meanings
  private let options: Options

  public init(_ options: Options) throws {
    try options.validate()
    self.options = options
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let found = try options.files(in: folder, endings: soundExtensions, kind: "sounds")
    sink.leaveOut(found.leftOut)
    try sink.begin("audio", classes: found.classes, expected: found.entries.count)
    for entry in found.entries {
      try sink.add(split: entry.split, label: entry.label, name: entry.path, group: entry.group) {
        try StoredSample(soundAt: entry.path)
      }
    }
  }
}

/// How the names of sounds end that are read.
let soundExtensions: Set<String> = [
  "wav", "wave", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "aifc", "au", "snd", "w64",
  "rf64", "caf", "voc",
]

/// The sounds below a folder by the stems of their names, which must differ.
func soundsByStem(_ folder: String) throws -> [String: String] {
  var found: [String: String] = [:]
  for path in try allFiles(folder) {
    let url = URL(fileURLWithPath: path)
    guard soundExtensions.contains(url.pathExtension.lowercased()) else { continue }
    let stem = url.deletingPathExtension().lastPathComponent
    if let other = found.updateValue(path, forKey: stem) {
      throw StoreError(path, "has the name of \(other); one of the two must go")
    }
  }
  return found
}
