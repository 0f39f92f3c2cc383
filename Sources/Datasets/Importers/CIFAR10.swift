import Catalogues
import Foundation

/// CIFAR-10 in its binary version: records of a label and 32 × 32 red, green and blue planes.
public struct CIFAR10: Importer, PlugIn {
  public static let name = "cifar10"
  public static let summary = "CIFAR-10, binary version: data_batch_1..5.bin, test_batch.bin"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  private static let pixels = 32 * 32
  private static let images = 60_000

  public var outline: StoreOutline? {
    StoreOutline(
      parts: [
        .init(
          "image",
          classes: [
            "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
            "truck",
          ], extent: .dense([32, 32, 3]), counts: ["train": 50_000, "test": 10_000])
      ], source: "CIFAR-10: 10 classes of 5,000 training and 1,000 test images")
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let files = (1...5).map { ("data_batch_\($0).bin", "train") } + [("test_batch.bin", "test")]
    for (file, _) in files where !FileManager.default.fileExists(atPath: "\(folder)/\(file)") {
      throw StoreError(
        "\(folder)/\(file)", "is missing; --from is the folder cifar-10-batches-bin")
    }
    let list = "\(folder)/batches.meta.txt"
    let names = try textLines(list, mend: "--from is the folder cifar-10-batches-bin")
    guard names.count == 10 else {
      throw StoreError(list, "\(counted(names.count, "class name")); expected 10")
    }
    let classes = try ClassNames(
      zip(1...10, names).map { ($0, $1, list) }, called: "line", in: list)
    try sink.begin("image", classes: classes.names, expected: Self.images)
    let counts = try files.map { try read("\(folder)/\($0)", $1, into: sink) }
    // A subset is as good as the whole, but may be what is left of it.
    let differ = Set(counts.prefix(5)).count > 1
    guard differ || counts.reduce(0, +) != Self.images else { return }
    let whole = counted(Self.images, "image")
    let each = zip(files, counts).map { "\($0.0) \($1)" }.joined(separator: ", ")
    sink.remark(
      "\(folder) has \(counts.reduce(0, +)) of CIFAR-10's \(whole) (\(each))"
        + (differ ? "; the data batches differ: was one of them cut?" : ""))
  }

  /// Red, green and blue of each pixel, out of a plane of each. One store a pixel, whose fourth
  /// byte the next one's replace.
  private static func interleaved(_ planes: ArraySlice<UInt8>) -> [UInt8] {
    planes.withUnsafeBufferPointer { planes in
      [UInt8](unsafeUninitializedCapacity: 3 * pixels + 1) { values, count in
        let bytes = UnsafeMutableRawBufferPointer(values)
        for i in 0..<pixels {
          let pixel =
            UInt32(planes[i]) | UInt32(planes[pixels + i]) << 8
            | UInt32(planes[2 * pixels + i]) << 16
          bytes.storeBytes(of: pixel.littleEndian, toByteOffset: 3 * i, as: UInt32.self)
        }
        count = 3 * pixels
      }
    }
  }

  /// Gives the number of images. What is missing at a file's end is damage.
  private func read(_ path: String, _ split: String, into sink: ImportSink) throws -> Int {
    let reader = try GzipReader(path)
    let file = try sink.records(of: path)
    var number = 0
    while case let record = try reader.read(1 + 3 * Self.pixels), !record.isEmpty {
      guard record.count == 1 + 3 * Self.pixels else {
        try sink.skip("\(path): ends within record \(number)\(reader.cut)")
        return number
      }
      let label = Int(record[0])
      try sink.addRecord(split: split, label: label, of: file, number: number) {
        guard label < 10 else {
          throw StoreError("\(path): record \(number)", "label \(label) is out of range 0..9")
        }
        return .dense(Self.interleaved(record.dropFirst()), shape: [32, 32, 3])
      }
      number += 1
    }
    if number == 0 {
      try sink.skip("\(path): holds no images\(reader.isCut ? reader.cut : "; fetch it again")")
    } else if reader.isCut {
      try sink.skip("\(path): ends after \(counted(number, "record"))\(reader.cut)")
    }
    return number
  }
}
