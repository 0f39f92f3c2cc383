import Catalogues
import Files
import Foundation
import HDF5
import Jobs

/// What goes with an exported encoder: where it comes from, how it is loaded, what it was measured
/// to be good for.
struct ModelCard {
  let run: EvaluatedRun
  let modality: String
  /// Lines of Python that make the module.
  let module: [String]
  /// The exported file's name.
  let file: String

  func text() throws -> String {
    let job = run.job
    let folder = RunFolder(run.path)
    let results = try? Results(reading: folder.resultsFile)
    var lines = [
      "# \(job.name): an encoder of \(modality)", "",
      "Pretrained by Motet \(MotetBuild.version) (\(MotetBuild.source)): "
        + "round \(run.round) of \(job.federation.rounds), "
        + "\(counted(job.clients.count, "client")), "
        + "\(counted(job.selection.count, "client")) a round. Model SHA-256 `\(run.modelHash)`.",
      "",
      "## Loading", "```python", "from safetensors.torch import load_file",
    ]
    lines += module
    lines += [
      "",
      "encoder.load_state_dict(load_file(\(Tree.text(file).json)))", "encoder.eval()", "```", "",
    ]
    lines += try views()
    let figures = try figures(results)
    if !figures.isEmpty {
      lines += [
        "", "## Figures", "| data | modality | figure | value |", "| --- | --- | --- | --- |",
      ]
      lines += figures
    }
    lines += ["", "## Job", "```yaml", job.yaml.trimmingCharacters(in: .newlines), "```", ""]
    return lines.joined(separator: "\n")
  }

  /// What the module takes.
  private func views() throws -> [String] {
    let shape = try run.job.viewShape(of: modality)
    let settings = run.job.section("views")[modality] ?? [:]
    let normal = ["mean", "deviation", "normalisation"].compactMap { key in
      settings[key].map { "\(key) \($0.json)" }
    }
    return [
      "It takes views [N, \(shape.channels), \(shape.side), \(shape.side)]"
        + (normal.isEmpty ? "" : ", normalised with \(normal.joined(separator: ", "))")
        + ", and gives features [N, \(run.job.encoder.featureCount)]: those of `motet embed`, to 1e-4."
    ]
  }

  /// Rows of what the monitor and the run's evaluations say of this very model.
  private func figures(_ results: Results?) throws -> [String] {
    var rows = (results?.measurements(round: run.round) ?? []).map { figure in
      "| \(figure.data) | \(figure.modality) | kNN (monitor) | "
        + "\(String(format: "%.2f", 100 * figure.accuracy)) % |"
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: run.evaluations)) ?? []
    for name in names.sorted() where name.hasSuffix(".h5") && !name.hasPrefix(".") {
      guard let record = try? EvaluationRecord.load("\(run.evaluations)/\(name)"),
        record.model == run.modelHash, let spec = try? Tree(json: record.spec)
      else { continue }
      let data = spec["data"]?.text.map {
        URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent
      }
      for figure in record.figures {
        rows.append(
          "| \(data ?? "") | \(spec["modality"]?.text ?? "") | \(record.task) \(figure.name) | "
            + "\(String(format: "%.4f", figure.value)) |")
      }
    }
    return rows
  }
}
