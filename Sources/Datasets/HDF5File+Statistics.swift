import HDF5

extension HDF5File {
  /// What a modality computed of the training samples at import, as stores have it; none
  /// where it computed nothing. Throws where one is no number in Float32: views would be, too.
  func statistics(_ modality: String) throws -> [String: Double] {
    let group = "/statistics/\(modality)"
    guard try contains(group) else { return [:] }
    return try attributeNames(on: group).reduce(into: [:]) { values, name in
      let value = try doubleAttribute(name, on: group)
      guard Float(value).isFinite else {
        throw StoreError(
          path,
          "\(group): '\(name)' is \(value) and no finite number of Float32; import the data again")
      }
      values[name] = value
    }
  }
}
