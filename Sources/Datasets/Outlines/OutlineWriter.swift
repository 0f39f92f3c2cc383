import Catalogues
import Digests
import Files
import HDF5
import Views

/// Writes the outline of an importer's data set (`{name: …, options}`) as a sample store without
/// samples, all or nothing; `counted` is one by numbers that are given. Throws where that importer
/// has none.
public func writeOutline(_ settings: Tree, to path: String) throws {
  if settings["name"]?.text == CountedOutline.name {
    let options = try overlay(settings.without(["name"]), on: CountedOutline.Options())
    return try CountedOutline(options).outline.write(path)
  }
  let importer = try importers.make(settings)
  guard let outline = importer.outline else {
    throw ConfigurationError(
      "name",
      "'\(settings["name"]?.text ?? "")' imports data sets of any size; there are outlines of: "
        + outlinedImporters().joined(separator: ", "))
  }
  try outline.write(path)
}

/// The importers whose data set is known before it is there, and that of given numbers.
public func outlinedImporters() -> [String] {
  importers.names.filter { (try? importers.make($0))?.outline != nil } + [CountedOutline.name]
}

/// What `counted` takes, a line each.
public var countedOutlineOptions: [String] {
  CountedOutline.meanings.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
}

extension StoreOutline {
  /// The attribute of a store that says so.
  static let attribute = "outline"

  func write(_ path: String) throws {
    try HDF5File.save(path) { file in
      try SampleStore.format.stamp(file)
      try file.setAttribute(Self.attribute, source)
      if !assumed.isEmpty { try file.setAttribute("assumed", assumed) }
      let parts = parts()
      for part in parts {
        try file.write("/classes/\(part.modality)", texts: part.classes)
        try file.makeGroup("/statistics/\(part.modality)")
        for (split, labels) in part.labels.sorted(by: { $0.key < $1.key }) {
          let group = "/\(split)/\(part.modality)"
          try write(labels, of: part, to: group, file)
          try part.groups[split]?.write(file, group, level: 4)
          guard arePairs else { continue }
          try file.write(
            "/pairs/\(split)/\(part.modality)", labels.indices.map { Int64($0) }, level: 4)
        }
      }
    }
  }

  /// The data set of samples has its full extent and no chunk: HDF5 makes chunks as they are
  /// written.
  private func write(
    _ labels: [Int32], of part: Part, to group: String, _ file: HDF5File
  ) throws {
    try file.makeGroup(group)
    let modality = type(of: try modalities.make(part.modality))
    let form = modality.form
    let shape: [Int]
    switch part.extent {
    case .dense(let extent):
      shape = extent
      try file.createDataset(
        "\(group)/\(form.dataset)", of: form.element, shape: [labels.count] + extent)
    case .ragged(let length):
      shape = [length]
      try file.createDataset(
        "\(group)/\(form.dataset)", of: form.element, shape: [labels.count * length])
      try file.write(
        "\(group)/offset", (0...labels.count).map { Int64($0 * length) }, level: 4)
    }
    if let rate = modality.sampleRate {
      try file.setAttribute("sample_rate", Int64(rate), on: group)
    }
    try file.setAttribute("form", form.word, on: group)
    try file.write("\(group)/label", labels, level: 4)
    let hash = SHA256()
    hash.update("motet outline \(form.word) \(shape)\n")
    labels.withUnsafeBytes { hash.update($0) }
    try file.setAttribute("sha256", hash.finish(), on: group)
  }
}
