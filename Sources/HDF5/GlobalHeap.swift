import CHDF5
import Foundation

/// Where a text of any length lies: its bytes, and the object of a heap that holds them.
struct TextReference {
  /// What it takes in a file with addresses of 8 bytes: length, address, index.
  static let size = 16

  let length: Int
  let heap: UInt64
  let index: UInt32

  init(_ bytes: UnsafeRawBufferPointer) {
    length = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
    heap = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
    index = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
  }
}

/// The heap of a file that holds its texts of any length, read without the library: that (1.10)
/// believes the sizes and indices in a file, and overwrites memory or never ends where they are
/// wrong. Files without a seal may hold anything.
///
/// The heap is made of collections: a head (`GCOL`, version, bytes in all), then objects, each with
/// a head of its own (index, references, bytes) and padded to 8 bytes. Index 0 is what is free.
final class GlobalHeap {
  private let path: String
  private let descriptor: Int32
  private let fileSize: Int
  /// Where objects lie in the file, by collection and index.
  private var collections: [UInt64: [UInt16: Range<Int>]] = [:]
  /// Bytes of collections that may still be read: they do not overlap, so all fit into the file.
  private var left: Int

  private static let head = 16

  init(path: String, descriptor: Int32, fileSize: Int) {
    self.path = path
    self.descriptor = descriptor
    self.fileSize = fileSize
    left = fileSize
  }

  /// The texts that references point to. Throws where one points to nothing, and where they are
  /// more in all than the file is.
  func texts(_ references: [TextReference], object: String) throws -> [String] {
    var total = 0
    return try references.map { reference in
      guard reference.length > 0, reference.heap > 0 else { return "" }
      let objects = try collections[reference.heap] ?? open(reference.heap, object)
      total += reference.length
      guard let place = UInt16(exactly: reference.index).flatMap({ objects[$0] }),
        place.count >= reference.length, total <= fileSize
      else { throw damaged(object) }
      let bytes = try read(place.lowerBound, reference.length, object)
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// Looks through a collection once.
  private func open(_ address: UInt64, _ object: String) throws -> [UInt16: Range<Int>] {
    guard let start = Int(exactly: address), start < fileSize else { throw damaged(object) }
    let head = try read(start, Self.head, object)
    guard head.starts(with: "GCOL\u{1}".utf8), let size = Int(exactly: head.word(at: 8)),
      size > Self.head, size <= left
    else { throw damaged(object) }
    left -= size
    let bytes = try read(start, size, object)
    var objects: [UInt16: Range<Int>] = [:]
    var at = Self.head
    while at + Self.head <= size {
      let index = UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8
      // What is free comes last.
      if index == 0 { break }
      guard let length = Int(exactly: bytes.word(at: at + 8)), length <= size - at - Self.head
      else { throw damaged(object) }
      objects[index] = start + at + Self.head..<start + at + Self.head + length
      at += Self.head + (length + 7) / 8 * 8
    }
    collections[address] = objects
    return objects
  }

  private func read(_ start: Int, _ count: Int, _ object: String) throws -> [UInt8] {
    guard count <= fileSize - start else { throw damaged(object) }
    let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, start + filled)
        guard got > 0 else { throw damaged(object) }
        filled += got
      }
    }
    return bytes
  }

  private func damaged(_ object: String) -> HDF5Error {
    HDF5Error(
      path: path, object: object, call: "read",
      stack: ["the file is damaged: its texts are not where it says; copy or make it again"])
  }
}

extension [UInt8] {
  /// Eight bytes as a number.
  fileprivate func word(at place: Int) -> UInt64 {
    withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
  }
}
