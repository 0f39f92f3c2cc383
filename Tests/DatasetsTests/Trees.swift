import Catalogues
import Datasets
import Foundation
import Kernels
import Media
import TestSupport
import Views

/// A modality for tests of stores: its statistics are the numbers of samples and of bytes.
struct Counting: Modality {
  static let name = "counting"
  static let form = SampleForm(.dense, .uint8)

  func makeTally() -> ((Sample) -> [Double])? { { [1, Double($0.bytes.count)] } }

  func statistics(ofSums sums: [Double]) -> [String: Double] {
    ["samples": sums[0], "bytes": sums[1]]
  }

  func makeViews(
    shape: ViewShape, statistics: [String: Double], kernels: MotetKernels
  ) throws -> any ViewMaker {
    throw StoreError("counting", "makes no views")
  }
}

/// Runs an importer on a tree, and gives the store, the messages of what was skipped and the names
/// of what was not there.
func importTree(
  _ settings: Tree, _ folder: String, skipDamaged: Bool = false, limit: Int = 0
) throws -> (store: SampleStore, damaged: [String], missing: [String]) {
  let path = "\(folder).h5"
  let report = try importDataset(
    settings, from: folder, to: path,
    policy: ImportSink.Policy(skipDamaged: skipDamaged, limit: limit, threads: 3),
    modality: { _ in Counting() }, progress: { _, _ in })
  return (try SampleStore.open(path), report.damaged, report.missing)
}

/// What an import that must fail says; checks that it leaves nothing behind.
func refusal(_ settings: Tree, _ folder: String) -> String {
  let said = message { _ = try importTree(settings, folder) } ?? "nothing was refused"
  let beside = URL(fileURLWithPath: folder).deletingLastPathComponent().path
  let left = (try? FileManager.default.contentsOfDirectory(atPath: beside)) ?? []
  return left.contains { $0.contains(".h5") } ? "left behind: \(left)" : said
}

/// A sound of so many samples.
func tone(_ count: Int, rate: Int = 8_000) -> [UInt8] {
  waveFile((0..<count).map { Int16($0 % 100 * 50) }, rate: rate)
}

/// A picture in one colour.
func writePicture(_ path: String, _ colour: Colour, width: Int = 6, height: Int = 6) throws {
  try writeFile(path, [])
  try Picture(width: width, height: height, colour: colour).writePNG(path)
}

/// Samples of one modality in memory as nested arrays, for comparison.
func bytes(_ set: SampleSet) -> [[UInt8]] {
  (0..<set.count).map { set.withSample($0) { Array($0.bytes) } }
}

/// A store of images of one pixel, whose value is the sample's number, with the given labels, and
/// of sounds, where sample i has i + 1 values i.
func writeStore(
  _ path: String, labels: [Int], classes: Int, sounds: Bool = false, split: String = "train"
) throws {
  try saveStore(path) { writer in
    try writer.setClasses((0..<classes).map { "c\($0)" }, of: "image")
    if sounds { try writer.setClasses((0..<classes).map { "s\($0)" }, of: "audio") }
    for (index, label) in labels.enumerated() {
      let value = [UInt8(truncatingIfNeeded: index), UInt8(truncatingIfNeeded: index >> 8), 7]
      try writer.add(
        .dense(value, shape: [1, 1, 3]), label: label, modality: "image", split: split)
      if sounds {
        try writer.add(
          .ragged([Int16](repeating: Int16(index), count: index % 50 + 1)), label: label,
          modality: "audio", split: split)
      }
    }
  }
}

/// One sound of a store.
func values(
  _ store: SampleStore, _ row: Int, split: String = "train"
) throws -> [Int16] {
  try store.load("audio", split: split, rows: row..<row + 1).withSample(0) {
    Array($0.bytes.bindMemory(to: Int16.self))
  }
}

/// Writes lines of text.
func writeLines(_ path: String, _ lines: [String]) throws {
  try writeFile(path, Array(lines.map { $0 + "\n" }.joined().utf8))
}
