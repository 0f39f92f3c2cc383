import Digests
import HDF5
import Views

/// A digest of each client's samples of one modality, so that what is trained on is known to be
/// what was cut. HDF5's own checksums pass chunks of zeros, which lost writes leave.
///
/// A client's digest is the SHA-256 over those of its samples, each over the label and the bytes.
/// So one pass over a store, in its own order, makes the digests of all clients.
struct ClientDigests {
  /// [clients, 32].
  let bytes: [UInt8]

  /// Reads all samples of a group, and throws where they are not what was imported.
  init(of group: SampleGroup, cut partition: Partition) throws {
    var samples = [UInt8](repeating: 0, count: group.count * SHA256.size)
    let hash = SHA256()
    try group.verify { row, sample in
      let digest = Self.digest(sample, label: group.labels[row], hash)
      samples.replaceSubrange(row * SHA256.size..<(row + 1) * SHA256.size, with: digest)
    }
    bytes = samples.withUnsafeBytes { samples in
      (0..<partition.clients).flatMap { client in
        for row in partition.samples(of: client) {
          hash.update(
            UnsafeRawBufferPointer(
              rebasing: samples[row * SHA256.size..<(row + 1) * SHA256.size]))
        }
        return hash.take()
      }
    }
  }

  /// Reads what `write` wrote. Throws where it is not for so many clients.
  init(_ file: HDF5File, _ modality: String, clients: Int) throws {
    let name = Self.name(modality)
    guard try file.shape(name) == [clients, SHA256.size] else {
      throw StoreError(file.path, "\(name) is damaged; make the shards again")
    }
    bytes = try file.read(name, as: UInt8.self)
  }

  func write(_ file: HDF5File, _ modality: String) throws {
    try file.write(
      Self.name(modality), bytes, shape: [bytes.count / SHA256.size, SHA256.size])
  }

  private static func name(_ modality: String) -> String { "/digests/\(modality)" }

  /// Whether these are a client's samples, all of them, in order.
  func matches(_ set: SampleSet, client: Int) -> Bool {
    let (sample, all) = (SHA256(), SHA256())
    for index in 0..<set.count {
      let digest = set.withSample(index) { Self.digest($0, label: set.labels[index], sample) }
      digest.withUnsafeBytes { all.update($0) }
    }
    return all.take().elementsEqual(
      bytes[client * SHA256.size..<(client + 1) * SHA256.size])
  }

  private static func digest(_ sample: Sample, label: Int32, _ hash: SHA256) -> [UInt8] {
    withUnsafeBytes(of: label.littleEndian) { hash.update($0) }
    hash.update(sample.bytes)
    return hash.take()
  }
}
