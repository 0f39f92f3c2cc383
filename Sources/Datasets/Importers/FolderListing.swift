import Foundation

/// Names of the folders in a folder, sorted, hidden ones left out.
func subfolders(_ folder: String) throws -> [String] {
  try Listing(of: folder).folders
}

/// Paths of the files in a folder and in those below, sorted, hidden ones left out. Links are
/// followed, but not to a folder above, which would have no end.
func allFiles(_ folder: String) throws -> [String] {
  var above: [FolderIdentity] = []
  return try allFiles(folder, &above)
}

private func allFiles(_ folder: String, _ above: inout [FolderIdentity]) throws -> [String] {
  guard let own = FolderIdentity(folder) else { throw unlisted(folder) }
  guard !above.contains(own) else {
    throw StoreError(folder, "is a link to a folder above it; remove it")
  }
  above.append(own)
  defer { above.removeLast() }
  let listing = try Listing(of: folder)
  return try listing.names.flatMap { name in
    let path = "\(folder)/\(name)"
    return listing.isFolder(name) ? try allFiles(path, &above) : [path]
  }
}

/// What is in a folder, hidden names left out.
struct Listing {
  /// All of it, sorted.
  let names: [String]
  /// The folders, sorted.
  let folders: [String]
  private let areFolders: Set<String>

  init(of folder: String) throws {
    names = try visibleNames(folder).sorted()
    folders = names.filter { FolderIdentity("\(folder)/\($0)") != nil }
    areFolders = Set(folders)
  }

  func isFolder(_ name: String) -> Bool { areFolders.contains(name) }
  /// What is no folder.
  var files: [String] { names.filter { !isFolder($0) } }
}

/// Which folder a path leads to.
private struct FolderIdentity: Equatable {
  let device: dev_t
  let number: ino_t

  /// Nil where there is no folder.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    device = status.st_dev
    number = status.st_ino
  }
}

/// A name may be any bytes, but a store and a message hold text: others are refused. Foundation
/// would list them under names that are not there.
private func visibleNames(_ folder: String) throws -> [String] {
  guard let stream = opendir(folder) else { throw unlisted(folder) }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { name in
        (text: String(validatingCString: name), shown: String(cString: name))
      }
    }
    guard let text = name.text else {
      throw StoreError(folder, "has a name that is not UTF-8, '\(name.shown)'; rename it")
    }
    if !text.hasPrefix(".") { names.append(text) }
  }
  return names
}

private func unlisted(_ folder: String) -> StoreError {
  StoreError(folder, "cannot be listed; is it there, and readable?")
}
