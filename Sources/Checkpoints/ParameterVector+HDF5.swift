import HDF5
import Tensors

extension ParameterVector {
  /// Writes one data set a parameter into a group, in PyTorch's order. HDF5 sorts by name, so the
  /// place is an attribute; the order in memory is another.
  func write(to group: String, of file: HDF5File) throws {
    try file.makeGroup(group)
    for (place, entry) in layout.entries.enumerated() {
      let name = "\(group)/\(entry.name)"
      try file.write(name, torchValues(entry), shape: entry.shape)
      try file.setAttribute("place", Int64(place), on: name)
      try file.setAttribute("order", "\(entry.order)", on: name)
      try file.setAttribute("trainable", Int64(entry.trainable ? 1 : 0), on: name)
    }
  }

  /// Reads what `write` has written.
  convenience init(readFrom group: String, of file: HDF5File) throws {
    let names = try file.names(in: group)
    let places = try names.map { try file.intAttribute("place", on: "\(group)/\($0)") }
    var layout = ParameterLayout()
    for (_, name) in zip(places, names).sorted(by: { $0.0 < $1.0 }) {
      let path = "\(group)/\(name)"
      let text = try file.textAttribute("order", on: path)
      guard let order = ParameterLayout.Order.named(text) else {
        throw FileFormatError(path: file.path, message: "\(path) has the unknown order '\(text)'")
      }
      let shape = try file.storedShape(path)
      guard order == .plain || shape.count >= 2 else {
        throw FileFormatError(
          path: file.path, message: "\(path) of shape \(shape) is no weight of a layer")
      }
      // Names that HDF5 tells apart may be one to Swift, which compares letters and not bytes.
      guard layout.entry(name) == nil else {
        throw FileFormatError(path: file.path, message: "\(group) has '\(name)' twice")
      }
      _ = layout.add(
        name, shape, order: order,
        trainable: try file.intAttribute("trainable", on: path) != 0)
    }
    self.init(layout)
    for entry in layout.entries {
      setTorchValues(try file.read("\(group)/\(entry.name)"), entry)
    }
  }
}

extension ParameterLayout.Order {
  fileprivate static func named(_ text: String) -> Self? {
    [.plain, .convolution, .linear].first { "\($0)" == text }
  }
}
