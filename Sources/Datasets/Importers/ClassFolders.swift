import Foundation
import Tensors

/// Files by class: `CLASS/…` or, where there is a folder `train`, `SPLIT/CLASS/…`. Below a class,
/// folders are searched to any depth. Where all files lie in such folders, `CLASS/GROUP/…`, the
/// first of them names a file's group.
struct ClassFolders {
  struct Entry {
    let path: String
    let label: Int
    let split: String
    var group: String?
  }

  /// Names of the class folders, sorted.
  let classes: [String]
  /// Split by split, class by class, sorted by path.
  let entries: [Entry]

  /// `testShare` of each class becomes the split `test` where the folder has no splits of its own:
  /// which files, is drawn from a fixed seed.
  init(_ folder: String, extensions: Set<String>, kind: String, testShare: Double) throws {
    let top = try subfolders(folder)
    let splits = top.contains("train") ? top.filter(Self.splitNames.contains) : []
    if let stray = top.first(where: { !splits.isEmpty && !splits.contains($0) }) {
      throw StoreError(
        "\(folder)/\(stray)",
        "beside train only \(Self.splitNames.joined(separator: ", ")) can be; move it away")
    }
    let root = splits.isEmpty ? folder : "\(folder)/train"
    classes = try subfolders(root)
    guard !classes.isEmpty else {
      throw StoreError(root, "holds no class folders; expected CLASS/FILE")
    }
    var entries: [Entry] = []
    for split in splits.isEmpty ? ["train"] : splits {
      let root = splits.isEmpty ? folder : "\(folder)/\(split)"
      for name in try subfolders(root) {
        guard let label = classes.firstIndex(of: name) else {
          throw StoreError("\(root)/\(name)", "a class that train does not have")
        }
        let files = try allFiles("\(root)/\(name)").filter {
          extensions.contains(URL(fileURLWithPath: $0).pathExtension.lowercased())
        }
        guard !files.isEmpty else {
          throw StoreError(
            "\(root)/\(name)", "this class folder has no \(kind); fill it or remove it")
        }
        var random = RandomStream(seed: 0, purpose: .sampling, sample: label)
        let held = splits.isEmpty ? Int((Double(files.count) * testShare).rounded()) : 0
        let test = Set(random.permutation(files.count).prefix(held))
        for (index, file) in files.enumerated() {
          let below = file.dropFirst("\(root)/\(name)/".count).split(separator: "/")
          entries.append(
            Entry(
              path: file, label: label, split: test.contains(index) ? "test" : split,
              group: below.count > 1 ? String(below[0]) : nil))
        }
      }
    }
    if entries.contains(where: { $0.group == nil }) {
      for index in entries.indices { entries[index].group = nil }
    }
    self.entries = entries
  }

  private static let splitNames = ["test", "train", "val", "validation"]
}

/// Names of the folders in a folder, sorted, hidden ones left out.
func subfolders(_ folder: String) throws -> [String] {
  try visibleNames(folder).filter { isFolder("\(folder)/\($0)") }
}

/// Paths of the files in a folder and in those below, sorted, hidden ones left out.
func allFiles(_ folder: String) throws -> [String] {
  try visibleNames(folder).flatMap { name -> [String] in
    let path = "\(folder)/\(name)"
    return isFolder(path) ? try allFiles(path) : [path]
  }
}

private func visibleNames(_ folder: String) throws -> [String] {
  do {
    return try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { !$0.hasPrefix(".") }.sorted()
  } catch {
    throw StoreError(folder, "cannot be listed; is it there, and readable?")
  }
}

private func isFolder(_ path: String) -> Bool {
  var isFolder: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
}
