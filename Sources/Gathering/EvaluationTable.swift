import Catalogues
import Datasets
import Downstream
import HDF5

/// An evaluation file's figures as rows.
enum EvaluationTable {
  static func read(_ path: String, name: String, warn: (String) -> Void) throws -> Table {
    let record = try EvaluationRecord.load(path, warn: warn)
    guard let spec = try? Tree(json: record.spec) else {
      throw FileFormatError(path: path, message: "its 'spec' is not JSON")
    }
    // As the monitor calls a store.
    let data = spec["data"]?.text.map { SampleStore.name(of: $0) }
    let figures = record.figures
    let table = Table(
      [
        "figure": .texts(figures.map(\.name)), "value": .reals(figures.map(\.value)),
        "low": .reals(figures.map(\.low)), "high": .reals(figures.map(\.high)),
        "count": .wholes(figures.map { Int64($0.count) }),
        "round": .wholes(figures.map { _ in Int64(record.round) }),
      ], count: figures.count)
    return table.with("task", text: record.task).with("spec", text: record.spec)
      .with("data", text: data ?? "").with("modality", text: spec["modality"]?.text ?? "")
      .with("file", text: name)
  }
}
