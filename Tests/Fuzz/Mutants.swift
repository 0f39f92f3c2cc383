import Digests
import Foundation

/// The reader that the command line names, and the folder in which it reads mutants.
struct Mutants {
  /// Nil where the command line names no reader.
  static let given = Mutants(CommandLine.arguments)

  private let reader: FuzzedReader
  private let folder: String

  private init?(_ arguments: [String]) {
    guard arguments.count > 2, let reader = fuzzedReaders[arguments[1]] else { return nil }
    self.reader = reader
    folder = arguments[2]
  }

  /// Writes a mutant where its reader looks for it, and has it read. Ends the process where the
  /// answer is one of a library, and not of Motet.
  func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    put(bytes)
    do {
      for message in try reader.read(folder) { judge(message) }
    } catch { judge("\(error)") }
  }

  /// A sealed mutant has the seal that fits it.
  private func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    let path = "\(folder)/\(reader.file)"
    let hash = SHA256()
    hash.update(UnsafeRawBufferPointer(bytes))
    // HDF5 knows files that it could not close again by their inodes.
    unlink(path)
    let seal = reader.isSealed ? "\nmotet sha256 \(hash.finish())" : ""
    guard let file = fopen(path, "w"),
      fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count, fputs(seal, file) >= 0,
      fclose(file) == 0
    else { fatalError("\(path) cannot be written") }
  }

  private func judge(_ answer: String) {
    let raw = [
      "Error Domain", "NSCocoa", "couldn’t be", "could not be completed", "DecodingError",
      "EncodingError", "dataCorrupted", "\n",
    ]
    if answer.isEmpty || raw.contains(where: answer.contains) {
      fatalError("a raw error: \(answer)")
    }
  }
}
