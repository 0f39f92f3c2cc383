import Catalogues
import Datasets
import Foundation
import Media

/// The client × class heat map of a partition, one panel for each modality: clients from left to
/// right, classes from top to bottom, below them each client's total.
public struct HeatMap {
  public struct Panel {
    public let title: String
    public let classes: [String]
    /// [clients][classes].
    public let counts: [[Int]]

    public init(title: String, classes: [String], counts: [[Int]]) {
      self.title = title
      self.classes = classes
      self.counts = counts
    }

    var clients: Int { counts.count }
    /// Pixels that a client is wide and a class is high.
    var cell: (width: Int, height: Int) {
      (max(1, min(24, 1_000 / clients)), max(2, min(20, 500 / classes.count)))
    }
    var size: (width: Int, height: Int) {
      (clients * cell.width, classes.count * cell.height)
    }
  }

  private let panels: [Panel]
  private static let left = 120
  private static let right = 110
  private static let top = 34
  private static let bars = 60
  private static let bottom = 40
  private static let grey = Colour(150, 150, 150)

  public init(_ panels: [Panel]) { self.panels = panels }

  /// One panel for each modality of the shards.
  public init(_ shards: ShardReader) throws {
    panels = try shards.modalities.map { modality in
      let counts = try shards.counts(modality)
      let total = counts.reduce(0) { $0 + $1.reduce(0, +) }
      let held = shards.holders[modality].map { "\($0.count) of " } ?? ""
      return Panel(
        title:
          "\(modality): \(counted(total, "sample")), \(held)\(counted(counts.count, "client")), "
          + shards.cut(modality),
        classes: try shards.classes(modality), counts: counts)
    }
  }

  /// Draws all panels, one below the other.
  public func draw() -> Picture {
    let width =
      panels.map { panel in
        max(
          Self.left + panel.size.width + Self.right,
          20 + Picture.textSize(panel.title, scale: 2).width)
      }.max() ?? 1
    let heights = panels.map { Self.top + $0.size.height + 8 + Self.bars + Self.bottom }
    var picture = Picture(width: width, height: heights.reduce(0, +), colour: .white)
    var y = 0
    for (panel, height) in zip(panels, heights) {
      draw(panel, top: y, in: &picture)
      y += height
    }
    return picture
  }

  private func draw(_ panel: Panel, top: Int, in picture: inout Picture) {
    let cell = panel.cell
    let (x0, y0) = (Self.left, top + Self.top)
    let largest = max(1, panel.counts.map { $0.max() ?? 0 }.max() ?? 1)
    picture.write(panel.title, x: 10, y: top + 10, scale: 2)
    for (client, row) in panel.counts.enumerated() {
      for (label, count) in row.enumerated() {
        picture.fill(
          x: x0 + client * cell.width, y: y0 + label * cell.height, width: cell.width,
          height: cell.height, shade(count, of: largest))
      }
    }
    frame(x: x0, y: y0, panel.size, in: &picture)

    let every = (10 + cell.height - 1) / cell.height
    for label in stride(from: 0, to: panel.classes.count, by: every) {
      let name = String(panel.classes[label].prefix(18))
      picture.write(
        name, x: x0 - 6 - Picture.textSize(name).width,
        y: y0 + label * cell.height + (min(cell.height, 10) - 8) / 2
          + max(0, (cell.height - 10) / 2))
    }

    // Totals of the clients.
    let totals = panel.counts.map { $0.reduce(0, +) }
    let most = max(1, totals.max() ?? 1)
    let floor = y0 + panel.size.height + 8 + Self.bars
    for (client, total) in totals.enumerated() {
      let height = (total * Self.bars + most - 1) / most
      picture.fill(
        x: x0 + client * cell.width, y: floor - height, width: max(1, cell.width - 1),
        height: height, Colour(70, 70, 70))
    }
    picture.fill(x: x0, y: floor, width: panel.size.width, height: 1, Self.grey)
    picture.write("samples", x: x0 - 6 - Picture.textSize("samples").width, y: floor - Self.bars)
    picture.write("\(most)", x: x0 + panel.size.width + 6, y: floor - Self.bars)
    picture.write("0", x: x0 + panel.size.width + 6, y: floor - 7)
    let step = tickStep(panel.clients, cell.width)
    for client in stride(from: 0, to: panel.clients, by: step) {
      let x = x0 + client * cell.width + cell.width / 2
      picture.fill(x: x, y: floor + 1, width: 1, height: 4, Self.grey)
      picture.write("\(client)", x: x - Picture.textSize("\(client)").width / 2, y: floor + 7)
    }
    picture.write(
      "client", x: x0 + panel.size.width / 2 - Picture.textSize("client").width / 2, y: floor + 19)

    // The scale of shades.
    let x = x0 + panel.size.width + 16
    let height = min(panel.size.height, 120)
    for line in 0..<height {
      let share = Double(height - 1 - line) / Double(max(1, height - 1))
      picture.fill(x: x, y: y0 + line, width: 14, height: 1, Self.colour(share))
    }
    frame(x: x, y: y0, (14, height), in: &picture)
    for count in legend(largest, steps: max(1, height / 14)) {
      let share = count == 0 ? 0 : log(1 + Double(count)) / log(1 + Double(largest))
      picture.write(
        "\(count)", x: x + 20, y: y0 + Int(Double(height - 1) * (1 - share)) - 3)
    }
  }

  /// Powers of ten between 0 and the largest count, and that, as far as their labels have room.
  private func legend(_ largest: Int, steps: Int) -> [Int] {
    var counts = [0]
    var power = 1
    while power * 2 < largest {
      counts.append(power)
      power *= 10
    }
    counts.append(largest)
    return counts.count <= steps + 1 ? counts : [0, largest]
  }

  private func tickStep(_ clients: Int, _ width: Int) -> Int {
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000].first { $0 * width >= 30 } ?? clients
  }

  /// Logarithmic: under label skew, counts of one client span three orders of magnitude. White is
  /// none at all.
  private func shade(_ count: Int, of largest: Int) -> Colour {
    count == 0 ? .white : Self.colour(log(1 + Double(count)) / log(1 + Double(largest)))
  }

  /// From white over green to dark blue, ever darker.
  private static func colour(_ share: Double) -> Colour {
    let stops: [(Double, Double, Double)] = [
      (255, 255, 255), (199, 233, 180), (65, 182, 196), (34, 94, 168), (8, 29, 88),
    ]
    let place = max(0, min(1, share)) * Double(stops.count - 1)
    let lower = min(stops.count - 2, Int(place))
    let f = place - Double(lower)
    func mix(_ a: Double, _ b: Double) -> UInt8 { UInt8((a + (b - a) * f).rounded()) }
    let (a, b) = (stops[lower], stops[lower + 1])
    return Colour(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
  }

  private func frame(x: Int, y: Int, _ size: (width: Int, height: Int), in picture: inout Picture) {
    picture.fill(x: x - 1, y: y - 1, width: size.width + 2, height: 1, Self.grey)
    picture.fill(x: x - 1, y: y + size.height, width: size.width + 2, height: 1, Self.grey)
    picture.fill(x: x - 1, y: y, width: 1, height: size.height, Self.grey)
    picture.fill(x: x + size.width, y: y, width: 1, height: size.height, Self.grey)
  }
}
