/// Enough drawing for contact sheets and heat maps. What lies outside of the picture is left out.
extension Picture {
  /// Fills a rectangle.
  public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ colour: Colour) {
    let columns = max(0, x)..<max(max(0, x), min(self.width, x + width))
    for row in max(0, y)..<max(max(0, y), min(self.height, y + height)) {
      for column in columns {
        let at = (row * self.width + column) * 3
        pixels[at] = colour.red
        pixels[at + 1] = colour.green
        pixels[at + 2] = colour.blue
      }
    }
  }

  /// Puts another picture here, every pixel of it `scale` wide and high.
  public mutating func draw(_ picture: Picture, x: Int, y: Int, scale: Int = 1) {
    for row in 0..<picture.height {
      for column in 0..<picture.width {
        let at = (row * picture.width + column) * 3
        let colour = Colour(picture.pixels[at], picture.pixels[at + 1], picture.pixels[at + 2])
        fill(x: x + column * scale, y: y + row * scale, width: scale, height: scale, colour)
      }
    }
  }

  /// Writes a line of text, its top left corner here.
  public mutating func write(
    _ text: String, x: Int, y: Int, scale: Int = 1, _ colour: Colour = .black
  ) {
    for (index, character) in text.enumerated() {
      for (column, bits) in Glyphs.columns(of: character).enumerated() {
        for row in 0..<Glyphs.height where bits >> row & 1 == 1 {
          fill(
            x: x + (index * (Glyphs.width + 1) + column) * scale, y: y + row * scale, width: scale,
            height: scale, colour)
        }
      }
    }
  }

  /// Pixels that a line of text is wide and high.
  public static func textSize(_ text: String, scale: Int = 1) -> (width: Int, height: Int) {
    (max(0, text.count * (Glyphs.width + 1) - 1) * scale, Glyphs.height * scale)
  }

  /// Pictures below one another on white, as wide as the widest.
  public static func stacked(_ panels: [Picture]) -> Picture {
    var sheet = Picture(
      width: panels.map(\.width).max() ?? 1, height: panels.reduce(0) { $0 + $1.height },
      colour: .white)
    var y = 0
    for panel in panels {
      sheet.draw(panel, x: 0, y: y)
      y += panel.height
    }
    return sheet
  }
}
