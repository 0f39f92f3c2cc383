/// Figures as one line of bars, the smallest lowest and the largest highest; a blank where one is
/// not finite. More figures than places are means of neighbours.
public func sparkline(_ figures: [Double], places: Int = 20) -> String {
  let count = min(figures.count, places)
  let means = (0..<count).map { place in
    let own = figures[place * figures.count / count..<(place + 1) * figures.count / count]
    return own.reduce(0, +) / Double(own.count)
  }
  let finite = means.filter(\.isFinite)
  guard let least = finite.min(), let most = finite.max() else {
    return String(repeating: " ", count: count)
  }
  let bars = Array("▁▂▃▄▅▆▇█")
  return String(
    means.map { mean in
      guard mean.isFinite else { return " " }
      // Halves, since a difference may be more than any number.
      let height = most > least ? (mean / 2 - least / 2) / (most / 2 - least / 2) : 0.5
      return bars[Int((height * Double(bars.count - 1)).rounded())]
    })
}
