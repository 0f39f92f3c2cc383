import Catalogues
import Files
import Foundation

/// A file of named tensors as Hugging Face's safetensors has it: eight bytes with the length of a
/// header, the header as JSON, then the values, little-endian and one after the other.
struct Safetensors {
  struct Tensor {
    let name: String
    let shape: [Int]
    let values: [Float]
  }

  let tensors: [Tensor]
  /// Texts about the file.
  let metadata: [String: String]

  func save(_ path: String) throws {
    var header: [(String, Tree)] = [
      ("__metadata__", Tree(metadata.map { ($0.key, .text($0.value)) }))
    ]
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.values.count * MemoryLayout<Float>.size
      header.append(
        (
          tensor.name,
          [
            "dtype": "F32", "shape": .list(tensor.shape.map { .whole($0) }),
            "data_offsets": [.whole(offset), .whole(end)],
          ]
        ))
      offset = end
    }
    // Spaces at the end, so that values begin at a multiple of eight.
    var text = Array(Tree(header).json.utf8)
    text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    var bytes = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    bytes.reserveCapacity(bytes.count + offset)
    for tensor in tensors {
      let values = tensor.values.map(\.bitPattern.littleEndian)
      values.withUnsafeBytes { bytes += $0 }
    }
    try FileSystem.write(bytes, to: path)
  }
}
