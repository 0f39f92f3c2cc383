import Foundation

/// A batch script made of a template of `slurm/`.
struct BatchScript {
  enum Template { case run, gather }

  let text: String
  /// Whether it runs something, rather than gathers what ran.
  let isRun: Bool

  /// - Parameters:
  ///   - values: by name, of one line each.
  ///   - lines: by name, each instead of a line that has the name alone; none of them, none of it.
  init(_ template: Template, _ values: [String: String], lines: [String: [String]]) {
    let bytes =
      switch template {
      case .run: PackageResources.run_sbatch
      case .gather: PackageResources.gather_sbatch
      }
    isRun = template == .run
    var result: [String] = []
    for line in String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("{{"), let own = lines[String(line.dropFirst(2).dropLast(2))] {
        result += own
        continue
      }
      // In one pass: what is put in may have anything in it.
      let text = line.replacing(/{{(\w+)}}/) { match in
        guard let value = values[String(match.1)] else {
          preconditionFailure("the template's '\(match.1)' has no value")
        }
        return value
      }
      // One empty line where a block has nothing in it.
      if text.isEmpty, result.last?.isEmpty == true { continue }
      result.append(String(text))
    }
    text = result.joined(separator: "\n")
  }
}

/// A word as the shell reads it: as it is where nothing in it is special.
func quoted(_ word: String) -> String {
  let plain = word.unicodeScalars.allSatisfy {
    $0.isASCII && ($0.properties.isAlphabetic || "0123456789_-+=./,:@%".unicodeScalars.contains($0))
  }
  return plain && !word.isEmpty
    ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
}
