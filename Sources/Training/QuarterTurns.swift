import Tensors

/// Turns one square image of plain views counter-clockwise, in place, by so many quarter turns.
func turnImage(_ image: Int, of views: FeatureMap, by turns: Int) {
  precondition(views.layout == .plain && views.height == views.width, "views that are not square")
  let (side, channels) = (views.height, views.channels)
  let values = UnsafeMutableBufferPointer(
    start: views.pointer + image * views.imageCount, count: views.imageCount)
  for _ in 0..<turns % 4 {
    let before = Array(values)
    for row in 0..<side {
      for column in 0..<side {
        // What was at the right is at the top.
        let from = (column * side + (side - 1 - row)) * channels
        for c in 0..<channels { values[(row * side + column) * channels + c] = before[from + c] }
      }
    }
  }
}
