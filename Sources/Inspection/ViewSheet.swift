import Catalogues
import Datasets
import Media
import Tensors
import Views

/// Some samples beside two of their training views and their evaluation view, for a person's eye.
public struct ViewSheet {
  private let count: Int
  private let seed: UInt64
  private let side: Int

  /// `count` samples of each modality, chosen by `seed`, and views of `side` × `side`.
  public init(count: Int, seed: UInt64, side: Int) {
    precondition(count > 0 && side > 0, "\(count) samples, side \(side)")
    self.count = count
    self.seed = seed
    self.side = side
  }

  private static let headings = ["sample", "training view", "training view", "evaluation view"]

  /// One panel under the other, in the order of `modalities` (the store's name of a modality, and
  /// how its views are made).
  public func draw(
    _ store: SampleStore, split: String, modalities: [(name: String, modality: any Modality)]
  ) throws -> Picture {
    let panels = try modalities.map { name, modality in
      try ConfigurationError.inside(name) { try panel(store, split, name, modality) }
    }
    return Picture.stacked(panels)
  }

  private func panel(
    _ store: SampleStore, _ split: String, _ name: String, _ modality: any Modality
  ) throws -> Picture {
    let shape = ViewShape(side: side, channels: 3)
    let maker = try modality.makeViews(
      shape: shape, statistics: store.statistics(name, for: modality))
    let labels = try store.labels(name, split: split)
    var choice = RandomStream(seed: seed, purpose: .sampling)
    let chosen = choice.permutation(labels.count).prefix(count).sorted()
    let set = try store.load(name, split: split, indices: chosen)
    let rows = chosen.indices.map { row in
      set.withSample(row) { sample in
        [ContactSheet.tile(sample, set.form)]
          + [Purpose.firstView, .secondView].map { purpose in
            var random = RandomStream(seed: seed, purpose: purpose, sample: chosen[row])
            return picture(maker, shape) {
              maker.trainingView(of: sample, random: &random, into: $0)
            }
          } + [picture(maker, shape) { maker.evaluationView(of: sample, into: $0) }]
      }
    }
    return lay(rows, chosen.map { store.classes(name)[Int(labels[$0])] }, "\(split)/\(name)")
  }

  private func picture(
    _ maker: any ViewMaker, _ shape: ViewShape,
    _ make: (UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Picture {
    var view = [Float](repeating: 0, count: shape.count)
    let pixels = view.withUnsafeMutableBufferPointer { view in
      make(view)
      return maker.picture(of: UnsafeBufferPointer(view))
    }
    return Picture(width: side, height: side, pixels: pixels)
  }

  private func lay(_ rows: [[Picture]], _ classes: [String], _ title: String) -> Picture {
    let (left, top, gap) = (130, 44, 6)
    let width = max(side, rows.map { $0[0].width }.max() ?? 0, 100) + gap
    let height = max(side, rows.map { $0[0].height }.max() ?? 0) + gap
    var panel = Picture(
      width: left + Self.headings.count * width, height: top + rows.count * height + 10,
      colour: .white)
    panel.write(title, x: 10, y: 6, scale: 2)
    for (column, heading) in Self.headings.enumerated() {
      panel.write(heading, x: left + column * width, y: top - 14)
    }
    for (row, pictures) in rows.enumerated() {
      let y = top + row * height
      panel.write(String(classes[row].prefix(19)), x: 8, y: y + height / 2 - 4)
      for (column, picture) in pictures.enumerated() {
        panel.draw(picture, x: left + column * width, y: y + (height - gap - picture.height) / 2)
      }
    }
    return panel
  }
}
