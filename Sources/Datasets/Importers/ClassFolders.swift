import Foundation

/// Files by class: `CLASS/…` or, where there are folders of splits, `SPLIT/CLASS/…`. Below a class,
/// folders are searched to any depth. Where all files lie in such folders, `CLASS/GROUP/…`, the
/// first of them names a file's group.
struct ClassFolders {
  /// What is looked for.
  struct Wanted {
    /// How names end, in small letters.
    let extensions: Set<String>
    /// As people call it.
    let kind: String
    let testShare: Double
    let splits: SplitFolders.Option

    func has(_ path: String) -> Bool {
      extensions.contains(URL(fileURLWithPath: path).pathExtension.lowercased())
    }
  }

  /// Names of the class folders, sorted.
  private let classes: [String]
  private var entries: [LabelledFiles.Entry] = []
  private var leftOut = LeftOutFiles()

  /// Split by split, class by class, sorted by path.
  var files: LabelledFiles {
    LabelledFiles(classes: classes, entries: entries, leftOut: leftOut)
  }

  /// `testShare` of each class becomes the split `test` where the folder has no splits of its own:
  /// which files, is drawn from a fixed seed.
  init(_ folder: String, _ wanted: Wanted) throws {
    let splits = try SplitFolders(folder, wanted.splits, isWanted: wanted.has)
    classes = try subfolders(splits.classRoot)
    guard !classes.isEmpty else {
      throw StoreError(splits.classRoot, "holds no class folders; expected CLASS/FILE")
    }
    func relative(_ path: String) -> String {
      path == folder ? "." : String(path.dropFirst(folder.count + 1))
    }
    if !splits.folders.isEmpty { leftOut.add(try Listing(of: folder).files, of: ".") }
    let roots = splits.folders.isEmpty ? [("train", folder)] : splits.folders
    for (split, root) in roots {
      let listing = try Listing(of: root)
      leftOut.add(listing.files, of: relative(root))
      for name in listing.folders {
        let path = "\(root)/\(name)"
        guard let label = classes.firstIndex(of: name) else {
          throw StoreError(path, "a class that train does not have")
        }
        let files = try files(in: path, named: relative(path), wanted)
        let share = splits.folders.isEmpty ? wanted.testShare : 0
        add(files, of: path, label: label, split: split, share: share)
      }
    }
    if entries.contains(where: { $0.group == nil }) {
      for index in entries.indices { entries[index].group = nil }
    }
  }

  private mutating func files(
    in folder: String, named name: String, _ wanted: Wanted
  ) throws -> [String] {
    let all = try allFiles(folder)
    let files = all.filter(wanted.has)
    var others = LeftOutFiles()
    others.add(all.filter { !wanted.has($0) }, of: name)
    guard !files.isEmpty else {
      let mend =
        others.text.map { " but \($0); convert them, or remove it" } ?? "; fill it or remove it"
      throw StoreError(folder, "this class folder has no \(wanted.kind)\(mend)")
    }
    leftOut.add(others)
    return files
  }

  private mutating func add(
    _ files: [String], of folder: String, label: Int, split: String, share: Double
  ) {
    let test = heldOut(share, of: files.count, label: label)
    for (index, file) in files.enumerated() {
      let below = file.dropFirst(folder.count + 1).split(separator: "/")
      entries.append(
        LabelledFiles.Entry(
          path: file, label: label, split: test.contains(index) ? "test" : split,
          group: below.count > 1 ? String(below[0]) : nil))
    }
  }
}
