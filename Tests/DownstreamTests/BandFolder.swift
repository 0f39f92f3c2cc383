import Catalogues
import Datasets
import Foundation

/// Reads `SPLIT/CLASS/*.f32`, raw Float32 pictures of 8×8 pixels in five bands.
struct BandFolder: PlugIn, Importer {
  static let name = "band-folder"
  static let summary = "raw pictures of five bands"
  static let defaults = NoOptions()
  static let side = 8

  init(_ options: NoOptions) {}

  func run(from folder: String, into sink: ImportSink) throws {
    func names(_ path: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
    let classes = try names("\(folder)/train")
    let files = try ["train", "test"].flatMap { split in
      try classes.enumerated().flatMap { label, name in
        try names("\(folder)/\(split)/\(name)").map {
          (split: split, label: label, path: "\(folder)/\(split)/\(name)/\($0)")
        }
      }
    }
    try sink.begin(Bands.name, classes: classes, expected: files.count)
    for file in files {
      try sink.add(split: file.split, label: file.label, name: file.path) {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
        let shape = [Self.side, Self.side, Bands.count]
        guard bytes.count == shape.reduce(4, *) else {
          throw StoreError(file.path, "is not \(shape)")
        }
        return StoredSample(Bands.form, shape: shape, bytes: bytes)
      }
    }
  }
}
