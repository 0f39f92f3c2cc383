import Catalogues

/// Which folders at the top of a data set are its splits, and which are its classes.
public struct SplitFolders {
  /// What the folders at the top are taken for.
  public enum Option: String, WordOption {
    /// Splits where their names are those of splits.
    case named
    /// Classes, whatever their names.
    case none
  }

  /// The splits and their folders, sorted by the folders' names; empty where there are none.
  let folders: [(split: String, path: String)]
  /// The folder whose folders are the classes.
  let classRoot: String

  /// What a split is called in a store, by its folder's name in small letters.
  static let names = [
    "train": "train", "training": "train", "test": "test", "testing": "test", "val": "val",
    "valid": "val", "dev": "val", "validation": "validation",
  ]
  private static let mend = "--set splits=none where all folders here are classes"

  /// - Parameter isWanted: whether a file of this name is one that the importer reads. Others say
  ///   nothing about the folder that they are in.
  init(_ folder: String, _ option: Option, isWanted: (String) -> Bool) throws {
    let listings = try subfolders(folder).map {
      (name: $0, listing: try Listing(of: "\(folder)/\($0)"))
    }
    func isSplit(_ name: String) -> Bool { Self.names[name.lowercased()] != nil }
    let named = option == .none ? [] : listings.filter { isSplit($0.name) }
    let others = listings.filter { !isSplit($0.name) }
    // A class may be called train: then its files are in it.
    let areClasses = !others.isEmpty && named.allSatisfy { $0.listing.folders.isEmpty }
    guard !named.isEmpty, !areClasses else {
      if option == .named { try Self.checkClasses(folder, listings, isWanted) }
      folders = []
      classRoot = folder
      return
    }
    if let stray = others.first {
      throw StoreError(
        "\(folder)/\(stray.name)",
        "is no split, and is beside the splits \(Self.list(named.map(\.name))); rename it (train, "
          + "test, val) or move it away, or \(Self.mend)")
    }
    var found: [String: String] = [:]
    for (name, _) in named {
      let split = Self.names[name.lowercased()]!
      if let other = found.updateValue(name, forKey: split) {
        throw StoreError(
          "\(folder)/\(name)", "is the split \(split), as \(other) is; make one folder of them")
      }
    }
    guard let train = found["train"] else {
      throw StoreError(
        folder,
        "has \(Self.list(named.map(\.name))) and no train; name the folder to train on train, or "
          + Self.mend)
    }
    folders = named.map { (Self.names[$0.name.lowercased()]!, "\(folder)/\($0.name)") }
    classRoot = "\(folder)/\(train)"
  }

  /// Folders that hold nothing that is read but folders may be classes with groups, but also splits
  /// of other names, or one folder around the classes.
  private static func checkClasses(
    _ folder: String, _ listings: [(name: String, listing: Listing)], _ isWanted: (String) -> Bool
  ) throws {
    guard
      !listings.isEmpty,
      listings.allSatisfy({
        !$0.listing.folders.isEmpty && !$0.listing.files.contains(where: isWanted)
      })
    else { return }
    let first = listings[0].name
    guard listings.count > 1 else {
      throw StoreError(
        folder,
        "holds the folder '\(first)' alone, and that folders alone: if those are the classes, "
          + "--from \(folder)/\(first); --set splits=none if '\(first)' is the one class")
    }
    throw StoreError(
      folder,
      "holds \(list(listings.map(\.name))), which hold folders alone: if they are splits, name "
        + "them train, test and val; if they are classes with a folder for each group, "
        + "--set splits=none")
  }

  /// A few names of many.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(4).joined(separator: ", ")
    return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
  }
}
