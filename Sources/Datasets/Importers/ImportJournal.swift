import CZlib
import Files
import Foundation
import HDF5

/// What an import has read so far, in a hidden file beside the store that it writes: the samples
/// one after the other, each with its key and a checksum. An import that was killed, or failed,
/// reads them there instead of decoding its files again; those that have changed since come once
/// more after the others. What could not be read is not there: no permission, or a disk that
/// failed, says nothing about the file.
///
/// It is not HDF5 because that cannot be appended to safely: a killed writer leaves metadata that
/// do not fit together. Here a torn end is found by its checksum and cut off, and the store itself
/// is always written from its beginning, so that its bytes do not depend on interruptions. The
/// price is the samples' size on disk a second time while an import runs.
final class ImportJournal {
  let path: String
  /// Samples that were taken out of the file.
  private(set) var replayed = 0
  private let file: UnsafeMutablePointer<FILE>
  private let size: Int
  /// Where the records end that were found, and where each sample's last one begins.
  private var end: Int
  private var places: [String: Int] = [:]
  /// Records on their way into the file.
  private var buffer: [UInt8]
  /// Whether the file has whole records.
  private var hasRecords: Bool

  /// Bytes that are gathered before they are written; no more is lost by a kill.
  private static let block = 4 << 20
  /// Bytes before a record: its checksum and its length.
  private static let headSize = 16

  /// The journal of the import into `store`. One that was begun with another `identity` (importer,
  /// options, folder) is begun again. Throws where another process holds it.
  init(of store: String, identity: String) throws {
    let url = URL(fileURLWithPath: store)
    path = "\(url.deletingLastPathComponent().path)/.\(url.lastPathComponent).import"
    // In a folder where others write, the name may be a link to what is not to be cut.
    let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o666)
    guard descriptor >= 0 || errno != ELOOP else {
      throw StoreError(path, "is a link, where an import's journal is to be; remove it")
    }
    guard descriptor >= 0, let file = fdopen(descriptor, "r+") else {
      throw StoreError(store, "cannot be written (\(String(cString: strerror(errno))))")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      fclose(file)
      throw StoreError(path, "is no file, where an import's journal is to be; remove it")
    }
    self.file = file
    // Where the file system has no locks, two imports into one file are the user's affair.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      fclose(file)
      throw StoreError(store, "another import into it is running")
    }
    fstat(descriptor, &status)
    size = Int(status.st_size)
    let header = Array(
      "motet import journal 6, motet \(MotetBuild.version)\n\(identity)\n".utf8)
    var found = [UInt8](repeating: 0, count: header.count)
    let isSame = fread(&found, 1, header.count, file) == header.count && found == header
    end = isSame ? header.count : 0
    hasRecords = false
    buffer = isSame ? [] : header
    while isSame, let record = readRecord(at: end) {
      places[record.key] = end
      end = ftell(file)
      hasRecords = true
    }
    guard ftruncate(descriptor, end) == 0 else { throw unwritable }
  }

  deinit { fclose(file) }

  /// The record of a sample, where the file has that of `key` with the same stamp, and it is what
  /// the modality reads: a journal may be anybody's.
  func next(_ key: String, of modality: String, _ stamp: () -> FileStamp) -> JournalRecord? {
    guard let place = places.removeValue(forKey: key), let record = readRecord(at: place),
      record.stamp == stamp(),
      misfit(modality, record.sample.form, record.sample.shape) == nil
    else { return nil }
    replayed += 1
    return record
  }

  /// Adds the next sample.
  func append(_ record: JournalRecord) throws {
    let start = buffer.count
    let end = start + Self.headSize
    buffer.append(contentsOf: [UInt8](repeating: 0, count: Self.headSize))
    record.append(to: &buffer)
    let checksum = buffer.withUnsafeBytes {
      Self.checksum(UnsafeRawBufferPointer(rebasing: $0[end...]))
    }
    withUnsafeBytes(of: (checksum, Int64(buffer.count - end))) {
      buffer.replaceSubrange(start..<end, with: $0)
    }
    if buffer.count >= Self.block { try flush() }
  }

  /// Ends an import that failed: keeps the file where much was read, and tells whether it did.
  func keep() -> Bool {
    guard hasRecords else {
      unlink(path)
      return false
    }
    // What finds no room on a full disk is read again.
    try? flush()
    return true
  }

  /// Ends an import whose store is written.
  func remove() { unlink(path) }

  private func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    guard fseek(file, 0, SEEK_END) == 0, fwrite(buffer, 1, buffer.count, file) == buffer.count,
      fflush(file) == 0
    else { throw unwritable }
    hasRecords = true
  }

  private var unwritable: StoreError {
    StoreError(path, "cannot be written (\(String(cString: strerror(errno))))")
  }

  /// Nil where there is no whole record.
  private func readRecord(at position: Int) -> JournalRecord? {
    guard fseek(file, position, SEEK_SET) == 0 else { return nil }
    var head: (checksum: Int64, length: Int64) = (0, 0)
    // A file system may end a torn file in zeros.
    guard fread(&head, Self.headSize, 1, file) == 1, head.length > 0,
      head.length <= size - position - Self.headSize
    else { return nil }
    let length = Int(head.length)
    let body = [UInt8](unsafeUninitializedCapacity: length) { bytes, count in
      count = fread(bytes.baseAddress, 1, length, file)
    }
    guard body.count == length else { return nil }
    return body.withUnsafeBytes { bytes in
      Self.checksum(bytes) == head.checksum ? JournalRecord(bytes) : nil
    }
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    Int64(crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
