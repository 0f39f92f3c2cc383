/// Throws where two classes of a table have one name, before samples are read: names differ in a
/// store.
/// - Parameters:
///   - numbers: what the table has for each name.
///   - called: what those numbers are.
func checkClassNames(
  _ names: [String], numbers: [Int], called word: String, in path: String
) throws {
  var found: [String: Int] = [:]
  for (name, number) in zip(names, numbers) {
    if let other = found.updateValue(number, forKey: name) {
      throw StoreError(
        path, "\(word) \(other) and \(word) \(number) are both '\(name)'; correct one of them")
    }
  }
}
