import Catalogues
import Foundation

/// MNIST as IDX files, compressed or not; grey is stored on three channels.
public struct MNIST: Importer, PlugIn {
  public static let name = "mnist"
  public static let summary = "MNIST: {train,t10k}-{images-idx3,labels-idx1}-ubyte, .gz or not"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  public var outline: StoreOutline? {
    StoreOutline(
      parts: [
        .init(
          "image", classes: (0...9).map(String.init), extent: .dense([28, 28, 3]),
          classCounts: [
            "train": [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
            "test": [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
          ])
      ], source: "MNIST: 60,000 training and 10,000 test images")
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    var readers: [(split: String, images: GzipReader, labels: GzipReader, count: Int)] = []
    for (split, prefix) in [("train", "train"), ("test", "t10k")] {
      let images = try open(folder, "\(prefix)-images-idx3-ubyte")
      let labels = try open(folder, "\(prefix)-labels-idx1-ubyte")
      let count = try header(images, magic: 2051, extents: [28, 28])
      let labelled = try header(labels, magic: 2049, extents: [])
      guard count == labelled else {
        throw StoreError(
          labels.path, "\(counted(labelled, "label")) for \(counted(count, "image"))")
      }
      guard count > 0 else { throw StoreError(images.path, "holds no images; fetch it again") }
      readers.append((split, images, labels, count))
    }
    try sink.begin(
      "image", classes: (0...9).map(String.init), expected: readers.reduce(0) { $0 + $1.count })
    for reader in readers {
      var isWhole = true
      // Compressed or not, samples have the same names.
      let path = reader.images.path
      let file = try sink.records(of: path.hasSuffix(".gz") ? String(path.dropLast(3)) : path)
      for index in 0..<reader.count {
        let label = try reader.labels.read(1)
        let grey = try reader.images.read(28 * 28)
        guard label.count == 1, grey.count == 28 * 28 else {
          let cut = label.isEmpty ? reader.labels : reader.images
          try sink.skip(
            "\(cut.path): ends after \(index) of \(counted(reader.count, "record"))\(cut.cut)")
          isWhole = false
          break
        }
        let name = "\(reader.labels.path): record \(index)"
        try sink.addRecord(
          split: reader.split, label: Int(label[0]), of: file, number: index
        ) {
          guard label[0] < 10 else {
            throw StoreError(name, "label \(label[0]) is out of range 0..9")
          }
          var pixels = [UInt8](repeating: 0, count: 3 * grey.count)
          for i in grey.indices { for c in 0..<3 { pixels[3 * i + c] = grey[i] } }
          return .dense(pixels, shape: [28, 28, 3])
        }
      }
      // What is at the end of a compressed file is the checksum of all before it.
      for part in [reader.images, reader.labels] where isWhole {
        if try !part.read(1).isEmpty {
          try sink.skip("\(part.path): goes on after its \(counted(reader.count, "record"))")
        } else if part.isCut {
          try sink.skip("\(part.path): ends before its checksum\(part.cut)")
        }
      }
    }
  }

  private func open(_ folder: String, _ name: String) throws -> GzipReader {
    let candidates = [name, "\(name).gz"].map { "\(folder)/\($0)" }
    guard let path = candidates.first(where: FileManager.default.fileExists) else {
      throw StoreError(candidates[0], "is missing, and so is \(name).gz")
    }
    return try GzipReader(path)
  }

  private func header(_ reader: GzipReader, magic: Int, extents: [Int]) throws -> Int {
    let found = try reader.readWord()
    guard found == magic else {
      throw StoreError(reader.path, "is no such IDX file: it begins with \(found), not \(magic)")
    }
    let count = try reader.readWord()
    for extent in extents {
      let found = try reader.readWord()
      guard found == extent else {
        throw StoreError(reader.path, "images with a side of \(found); expected \(extent)")
      }
    }
    return count
  }
}
