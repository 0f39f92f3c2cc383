/// The candidate that `word` was probably meant to be, or nil if none is close
/// (Damerau-Levenshtein distance of at most a third of the length, and at least 1).
public func nearest(to word: String, among candidates: [String]) -> String? {
  let ranked = candidates.map { (distance(word.lowercased(), $0.lowercased()), $0) }
  guard let best = ranked.min(by: { $0.0 < $1.0 }) else { return nil }
  return best.0 <= max(1, max(word.count, best.1.count) / 3) ? best.1 : nil
}

/// "unknown key 'x' (did you mean 'y'?)", or the whole list where nothing is near.
public func unknown(_ kind: String, _ word: String, among candidates: [String]) -> String {
  if let near = nearest(to: word, among: candidates) {
    return "unknown \(kind) '\(word)' (did you mean '\(near)'?)"
  }
  return "unknown \(kind) '\(word)'; there are: \(candidates.joined(separator: ", "))"
}

private func distance(_ a: String, _ b: String) -> Int {
  let x = Array(a)
  let y = Array(b)
  var older = [Int](repeating: 0, count: y.count + 1)
  var above = Array(0...y.count)
  for i in 0..<x.count {
    var row = [i + 1]
    for j in 0..<y.count {
      var best = min(above[j + 1] + 1, row[j] + 1, above[j] + (x[i] == y[j] ? 0 : 1))
      if i > 0, j > 0, x[i] == y[j - 1], x[i - 1] == y[j] { best = min(best, older[j - 1] + 1) }
      row.append(best)
    }
    older = above
    above = row
  }
  return above[y.count]
}
