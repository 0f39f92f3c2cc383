import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct MNISTTests {
  private func word(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(value).bigEndian) { Array($0) }
  }

  private func writeMNIST(_ folder: String, packed: Bool, labels: [UInt8] = [3, 9, 0]) throws {
    for prefix in ["train", "t10k"] {
      let pixels = labels.flatMap { [UInt8](repeating: $0 * 10, count: 784) }
      let images = word(2_051) + word(labels.count) + word(28) + word(28) + pixels
      let ends = packed ? ".gz" : ""
      let write = packed ? gzip : { $0 }
      try writeFile("\(folder)/\(prefix)-images-idx3-ubyte\(ends)", write(images))
      try writeFile(
        "\(folder)/\(prefix)-labels-idx1-ubyte\(ends)",
        write(word(2_049) + word(labels.count) + labels))
    }
  }

  @Test(arguments: [false, true])
  func mnist(packed: Bool) throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/mnist"
      try writeMNIST(folder, packed: packed)
      let store = try importTree(["name": "mnist"], folder).store
      #expect(store.splits == ["test", "train"])
      #expect(
        try store.names("image", split: "test").map(Array.init)
          == (0..<3).map { "t10k-images-idx3-ubyte#\($0)" })
      let set = try store.load("image", split: "test", rows: 0..<3)
      #expect(set.labels == [3, 9, 0])
      set.withSample(1) {
        #expect($0.shape == [28, 28, 3])
        #expect($0.bytes.allSatisfy { $0 == 90 })
      }
    }
  }

  @Test func damagedMNIST() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/mnist"
      try writeMNIST(folder, packed: true)
      let path = "\(folder)/train-images-idx3-ubyte.gz"
      let whole = try #require(FileManager.default.contents(atPath: path))
      try writeFile(path, whole.prefix(whole.count / 2))
      #expect(
        refusal(["name": "mnist"], folder)
          == "\(path): ends after 1 of 3 records: the gzip file is cut; fetch it again; "
          + "--skip-damaged goes on without it")
      let (store, damaged, _) = try importTree(["name": "mnist"], folder, skipDamaged: true)
      #expect(store.count("image", "train") == 1 && damaged.count == 1)
      try FileManager.default.removeItem(atPath: "\(folder).h5")
      for cut in 1...8 {
        try writeFile(path, whole.dropLast(cut))
        #expect(
          refusal(["name": "mnist"], folder).hasPrefix(
            "\(path): ends before its checksum: the gzip"))
      }
      var changed = whole
      changed[1_000] ^= 1
      try writeFile(path, changed)
      #expect(refusal(["name": "mnist"], folder).hasPrefix("\(path): damaged gzip file"))
      try writeFile(path, gzip(word(2_051) + word(0) + word(28) + word(28)))
      let labels = "\(folder)/train-labels-idx1-ubyte.gz"
      let own = try #require(FileManager.default.contents(atPath: labels))
      try writeFile(labels, gzip(word(2_049) + word(0)))
      #expect(
        refusal(["name": "mnist"], folder) == "\(path): holds no images; fetch it again")
      try writeFile(labels, own)
      try writeFile(path, whole.prefix(20))
      #expect(
        refusal(["name": "mnist"], folder) == "\(path): ends within its header; fetch it again")
      try writeFile(path, gzip(word(2_051) + word(3) + word(28) + word(28) + [1, 2, 3]))
      #expect(
        refusal(["name": "mnist"], folder).hasPrefix("\(path): ends after 0 of 3 records"))
      try writeFile(path, gzip(word(2_051) + word(4) + word(28) + word(28)))
      #expect(refusal(["name": "mnist"], folder).contains("3 labels for 4 images"))
      try writeFile(path, gzip(word(1_234)))
      #expect(
        refusal(["name": "mnist"], folder)
          == "\(path): is no such IDX file: it begins with 1234, not 2051")
      try writeMNIST(folder, packed: true, labels: [1, 10])
      #expect(refusal(["name": "mnist"], folder).contains("record 1: label 10 is out of range"))
    }
  }
}

/// A gzip file that stores its content as it is.
func gzip(_ content: [UInt8]) -> [UInt8] {
  func little(_ value: UInt32, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
  var crc: UInt32 = .max
  for byte in content {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  let length = UInt32(content.count)
  precondition(length < 65_536)
  var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1]
  file += little(length, 2) + little(~length, 2)
  file += content
  file += little(~crc, 4) + little(length, 4)
  return file
}
