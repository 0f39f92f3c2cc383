import Catalogues
import Datasets
import Views

/// What a sample store holds, in lines for a person.
public func describe(_ store: SampleStore) throws -> [String] {
  var lines = [store.path]
  if store.outline != nil {
    lines.append("  an outline: all but the samples, good for plans alone")
  }
  for (name, value) in try store.provenance() { lines.append("  \(name): \(value)") }
  for modality in store.modalities {
    let classes = store.classes(modality)
    lines.append("\(modality): \(counted(classes.count, "class")) (\(list(classes)))")
    for (key, value) in try store.statistics(modality).sorted(by: { $0.key < $1.key }) {
      lines.append("  \(key): \(value)")
    }
    for split in store.splits where store.modalities(in: split).contains(modality) {
      lines.append("  \(split): \(try describe(store, modality, split, classes.count))")
      guard store.outline == nil else { continue }
      let first = try store.names(modality, split: split)?.first
      lines.append("    " + (first.map { "names, as \($0)" } ?? "samples without names"))
    }
  }
  for split in store.pairedSplits {
    let pairs = try store.pairs(split: split)
    lines.append(
      "pairs of \(pairs.modalities.joined(separator: " and ")) in \(split): \(pairs.count)")
  }
  return lines
}

private func describe(
  _ store: SampleStore, _ modality: String, _ split: String, _ classes: Int
) throws -> String {
  let labels = try store.labels(modality, split: split)
  var counts = [Int](repeating: 0, count: classes)
  for label in labels { counts[Int(label)] += 1 }
  let range = span(counts.map { "\($0)" }, counts)
  var text = "\(counted(labels.count, "sample")), \(range) a class"
  if let grouping = try store.grouping(modality, split: split) {
    let counts = grouping.counts
    text += ", \(counted(counts.count, "group")) of \(span(counts.map { "\($0)" }, counts))"
  }
  let bytes = Int((try store.meanBytes(modality, split: split) * Double(labels.count)).rounded())
  switch try store.form(modality, split: split).layout {
  case .dense:
    let shape = try store.shape(modality, split: split)
    text += ", \(shape.map(String.init).joined(separator: "×")), \(mebibytes(bytes))"
  case .ragged:
    let lengths = try store.lengths(modality, split: split)
    guard let rate = store.sampleRate(modality) else {
      return text + ", \(span(lengths.map { "\($0)" }, lengths)) long, \(mebibytes(bytes))"
    }
    let seconds = span(lengths.map { fixed(Double($0) / Double(rate), 2) }, lengths)
    let hours = Double(lengths.reduce(0, +)) / Double(rate) / 3_600
    text += ", \(seconds) s, \(fixed(hours, 2)) h in all, \(mebibytes(bytes))"
  }
  return text
}

/// "3" or "3–17": the texts of the least and the greatest number.
private func span(_ texts: [String], _ numbers: [Int]) -> String {
  guard let least = numbers.indices.min(by: { numbers[$0] < numbers[$1] }),
    let most = numbers.indices.max(by: { numbers[$0] < numbers[$1] })
  else { return "0" }
  return texts[least] == texts[most] ? texts[least] : "\(texts[least])–\(texts[most])"
}

private func list(_ names: [String]) -> String {
  names.count <= 12
    ? names.joined(separator: ", ") : names.prefix(10).joined(separator: ", ") + ", …"
}

private func mebibytes(_ bytes: Int) -> String { "\(fixed(Double(bytes) / 0x1p20, 1)) MiB" }

/// A number with a fixed number of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded())
  let fraction = String(scaled % scale + scale).dropFirst()
  let sign = value < 0 && scaled > 0 ? "-" : ""
  return "\(sign)\(scaled / scale)" + (decimals > 0 ? ".\(fraction)" : "")
}
