import Catalogues
import Datasets
import Foundation
import Media
import Views

/// A few samples of each class in one picture, for a person's eye: images as they are, sounds as a
/// waveform over a spectrogram (0 to 8 kHz, low frequencies at the bottom, 60 dB).
public struct ContactSheet {
  private let columns: Int
  private let rows: Int

  /// Up to `columns` samples of each of the first `rows` classes of every modality.
  public init(columns: Int = 10, rows: Int = 20) {
    self.columns = columns
    self.rows = rows
  }

  /// Draws the samples that come first in their class.
  public func draw(_ store: SampleStore, split: String) throws -> Picture {
    let panels = try store.modalities(in: split).map { try panel(store, $0, split) }
    return Picture.stacked(panels)
  }

  private func panel(_ store: SampleStore, _ modality: String, _ split: String) throws -> Picture {
    let labels = try store.labels(modality, split: split)
    let classes = store.classes(modality)
    var members = [[Int]](repeating: [], count: classes.count)
    for (index, label) in labels.enumerated() where members[Int(label)].count < columns {
      members[Int(label)].append(index)
    }
    let shown = min(rows, classes.count)
    let tiles = try members.prefix(shown).map { row in
      let set = try store.load(modality, split: split, indices: row)
      return (0..<row.count).map { set.withSample($0) { Self.tile($0, set.form) } }
    }
    let size = tiles.joined().reduce((width: 1, height: 1)) {
      (max($0.width, $1.width), max($0.height, $1.height))
    }
    let (left, top, gap) = (130, 30, 4)
    let title =
      "\(store.path.split(separator: "/").last ?? "")  \(split)/\(modality): "
      + "\(counted(labels.count, "sample")), \(shown) of \(counted(classes.count, "class"))"
    var panel = Picture(
      width: max(left + columns * (size.width + gap), Picture.textSize(title, scale: 2).width + 20),
      height: top + shown * (size.height + gap) + 10, colour: .white)
    panel.write(title, x: 10, y: 6, scale: 2)
    for (row, own) in tiles.enumerated() {
      let y = top + row * (size.height + gap)
      panel.write(String(classes[row].prefix(19)), x: 8, y: y + size.height / 2 - 4)
      for (column, tile) in own.enumerated() {
        panel.draw(tile, x: left + column * (size.width + gap), y: y)
      }
    }
    return panel
  }

  /// One sample, at most 128 pixels high.
  static func tile(_ sample: Sample, _ form: SampleForm) -> Picture {
    switch form.layout {
    case .dense:
      // Images have 3 channels; another dense modality shows its first one or three.
      let height = sample.shape.first ?? 1
      let width = sample.shape.count > 1 ? sample.shape[1] : 1
      let channels = max(1, sample.shape.dropFirst(2).reduce(1, *))
      let shades = shades(sample, form.element)
      var pixels = [UInt8](repeating: 0, count: width * height * 3)
      for i in 0..<width * height {
        for c in 0..<3 { pixels[3 * i + c] = shades[i * channels + min(c, channels - 1)] }
      }
      let picture = Picture(width: width, height: height, pixels: pixels)
      if max(width, height) > 128 { return picture.filling(side: 128) }
      let scale = max(1, 64 / max(width, height))
      var tile = Picture(width: width * scale, height: height * scale, colour: .white)
      tile.draw(picture, x: 0, y: 0, scale: scale)
      return tile
    case .ragged:
      return SoundStrip.draw(numbers(sample, form.element))
    }
  }

  /// A sample's numbers, whatever they are stored as.
  private static func numbers(_ sample: Sample, _ element: SampleForm.Element) -> [Float] {
    switch element {
    case .uint8: sample.bytes.map { Float($0) }
    case .int16: sample.bytes.bindMemory(to: Int16.self).map { Float($0) }
    case .float32: Array(sample.bytes.bindMemory(to: Float.self))
    }
  }

  /// As bytes of a picture: bytes as they are, other numbers from their least to their greatest.
  private static func shades(_ sample: Sample, _ element: SampleForm.Element) -> [UInt8] {
    guard element != .uint8 else { return Array(sample.bytes) }
    // In Float64, where no difference of two Float32 overflows.
    let numbers = numbers(sample, element).map { $0.isFinite ? Double($0) : 0 }
    let (least, greatest) = (numbers.min() ?? 0, numbers.max() ?? 0)
    let scale = greatest > least ? 255 / (greatest - least) : 0
    return numbers.map { UInt8(max(0, min(255, (($0 - least) * scale).rounded()))) }
  }
}

/// One sound as a small picture.
private enum SoundStrip {
  private static let width = 110
  private static let wave = 26
  private static let bands = 48
  private static let window = 192

  static func draw(_ given: [Float]) -> Picture {
    let samples = given.map { $0.isFinite ? $0 : 0 }
    var strip = Picture(width: width, height: wave + bands, colour: Colour(245, 245, 245))
    guard !samples.isEmpty else { return strip }
    // Both are relative to the clip's own peak: quiet clips show their structure too.
    let peak = samples.reduce(1e-9) { max($0, abs($1)) }
    var columns: [[Double]] = []
    for x in 0..<width {
      let begin = x * samples.count / width
      let part = samples[begin..<max(begin + 1, (x + 1) * samples.count / width)]
      func line(_ value: Float) -> Int { wave / 2 - Int(value / peak * Float(wave / 2 - 1)) }
      let (top, bottom) = (line(part.max()!), line(part.min()!))
      strip.fill(x: x, y: top, width: 1, height: bottom - top + 1, Colour(40, 90, 160))
      columns.append(spectrum(samples, around: (begin + part.endIndex) / 2))
    }
    let loudest = columns.joined().max() ?? 0
    for (x, column) in columns.enumerated() {
      for (band, level) in column.enumerated() {
        let shade = UInt8(max(0, min(255, 255 + (level - loudest) * 255 / 60)))
        strip.fill(
          x: x, y: wave + bands - 1 - band, width: 1, height: 1, Colour(shade, shade, shade))
      }
    }
    return strip
  }

  /// Decibels, of no fixed reference, in bands from 0 to half the rate, by a plain Fourier sum: a
  /// sheet has few columns, so nothing faster is needed.
  private static func spectrum(
    _ samples: [Float], around centre: Int
  ) -> [Double] {
    (0..<bands).map { band in
      let step = Double.pi * (Double(band) + 0.5) / Double(bands)
      var (re, im) = (0.0, 0.0)
      for i in 0..<window {
        let at = centre + i - window / 2
        guard samples.indices.contains(at) else { continue }
        let hann = 0.5 - 0.5 * cos(2 * .pi * (Double(i) + 0.5) / Double(window))
        let value = Double(samples[at]) * hann
        re += value * cos(step * Double(i))
        im += value * sin(step * Double(i))
      }
      return 20 * log10(max(1e-12, (re * re + im * im).squareRoot()))
    }
  }
}
