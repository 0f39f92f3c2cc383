/// The class names of a table, by their numbers. A store has each name once, so a number of two
/// names is refused, and a name of two numbers, before samples are read.
struct ClassNames {
  /// In the order of their numbers.
  let names: [String]
  /// By a class's number its place in `names`.
  let labels: [Int: Int]

  /// - Parameters:
  ///   - samples: each sample's number and name, and where it is said, for messages.
  ///   - word: what the numbers are called.
  ///   - path: the table.
  init(
    _ samples: some Sequence<(number: Int, name: String, place: String)>, called word: String,
    in path: String
  ) throws {
    var found: [Int: String] = [:]
    for (number, name, place) in samples {
      if let other = found.updateValue(name, forKey: number), other != name {
        throw StoreError(
          place, "\(word) \(number) is both '\(other)' and '\(name)'; correct one of them")
      }
    }
    let numbers = found.keys.sorted()
    names = numbers.map { found[$0]! }
    labels = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    var first: [String: Int] = [:]
    for (name, number) in zip(names, numbers) {
      if let other = first.updateValue(number, forKey: name) {
        throw StoreError(
          path, "\(word) \(other) and \(word) \(number) are both '\(name)'; correct one of them")
      }
    }
  }
}
