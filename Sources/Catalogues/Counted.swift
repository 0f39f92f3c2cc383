/// "1 client", "5 clients", "0 classes": a number and what it counts, for messages.
/// - Parameters:
///   - noun: of one.
///   - verb: of one and of several, as in `("is", "are")`; nothing where the sentence has none.
public func counted(
  _ count: Int, _ noun: String, _ verb: (one: String, several: String)? = nil
) -> String {
  let isOne = count == 1
  let words = "\(count) \(isOne ? noun : plural(noun))"
  guard let verb else { return words }
  return "\(words) \(isOne ? verb.one : verb.several)"
}

/// The plural of a noun, or of a noun's last word.
private func plural(_ noun: String) -> String {
  // Said with a k.
  if noun.hasSuffix("epoch") { return noun + "s" }
  if ["s", "x", "ch", "sh"].contains(where: noun.hasSuffix) { return noun + "es" }
  if noun.hasSuffix("y"), let before = noun.dropLast().last, !"aeiou".contains(before) {
    return noun.dropLast() + "ies"
  }
  return noun + "s"
}
