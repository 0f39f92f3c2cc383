import Evaluation
import Files
import Foundation
import HDF5
import Jobs

/// A complete evaluation: what is in `evaluations/NAME-ID.h5` of a run's folder.
///
/// ```
/// @task @spec (JSON) @round @model (SHA-256) @data
/// /figures/{name, value, low, high, count}
/// /classes   /labels   /predictions/FIGURE   /confusion/FIGURE [true, predicted]
/// /per_class/FIGURE
/// /samples/MODALITY/{row, name}   of each label; no name where the store has none
/// /lists/NAME                     what figures are made of
/// ```
/// Where modalities are told apart, they are the classes, and the labels are those of the first
/// one's samples, then those of the next.
public struct EvaluationRecord {
  public static let format = FileFormat("motet evaluation", version: 1)

  public let path: String
  public let task: String
  /// The resolved spec, JSON.
  public let spec: String
  public let round: Int
  /// SHA-256 of the evaluated model.
  public let model: String
  /// What tells the data that it was measured on from any others.
  public let data: String
  public let figures: [EvaluationFigure]

  /// Reads all but predictions and what follows from them.
  /// - Parameter warn: told where another program has cut off the checksum; figures are read on.
  public static func load(
    _ path: String, warn: (String) -> Void = { _ in }
  ) throws -> EvaluationRecord {
    let file = try HDF5File.openSealed(path, as: format, unsealed: warn)
    let names = try file.texts("/figures/name")
    let values = try file.read("/figures/value", as: Double.self)
    let lows = try file.read("/figures/low", as: Double.self)
    let highs = try file.read("/figures/high", as: Double.self)
    let counts = try file.read("/figures/count", as: Int64.self)
    guard [values.count, lows.count, highs.count, counts.count].allSatisfy({ $0 == names.count })
    else {
      throw FileFormatError(path: path, message: "/figures has columns of several lengths")
    }
    return EvaluationRecord(
      path: path, task: try file.textAttribute("task"), spec: try file.textAttribute("spec"),
      round: Int(try file.intAttribute("round")), model: try file.textAttribute("model"),
      data: try file.textAttribute("data"),
      figures: names.indices.map {
        EvaluationFigure(
          name: names[$0], value: values[$0], low: lows[$0], high: highs[$0], count: Int(counts[$0])
        )
      })
  }

  /// Writes the file so that it is there whole or not at all.
  static func save(
    _ outcome: EvaluationOutcome, _ spec: EvaluationSpec, data: String, run: EvaluatedRun,
    to path: String
  ) throws {
    let figures = outcome.figures
    try HDF5File.saveSealed(path) { file in
      try format.stamp(file)
      for (name, value) in try Provenance.attributes() { try file.setAttribute(name, value) }
      try file.setAttribute("task", spec.name)
      try file.setAttribute("spec", spec.resolved.json)
      try file.setAttribute("round", Int64(run.round))
      try file.setAttribute("model", run.modelHash)
      try file.setAttribute("data", data)
      try file.write("/figures/name", texts: figures.map(\.name))
      try file.write("/figures/value", figures.map(\.value))
      try file.write("/figures/low", figures.map(\.low))
      try file.write("/figures/high", figures.map(\.high))
      try file.write("/figures/count", figures.map { Int64($0.count) })
      try file.write("/classes", texts: outcome.classes)
      try file.write("/labels", outcome.labels)
      for samples in outcome.samples {
        let group = "/samples/\(samples.modality)"
        try file.write("\(group)/row", samples.rows.map { Int64($0) })
        if let names = samples.names { try file.write("\(group)/name", texts: names) }
      }
      for figure in figures {
        guard let predictions = outcome.predictions[figure.name] else { continue }
        let count = outcome.classes.count
        let confusion = Confusion(predictions, outcome.labels, classes: count)
        try file.write("/predictions/\(figure.name)", predictions)
        try file.write("/confusion/\(figure.name)", confusion.counts, shape: [count, count])
        try file.write("/per_class/\(figure.name)", confusion.perClass)
      }
      for (name, values) in outcome.lists.sorted(by: { $0.key < $1.key }) {
        try file.write("/lists/\(name)", values)
      }
    }
  }
}
