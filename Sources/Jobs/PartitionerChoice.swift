import Catalogues
import Datasets
import Foundation
import Views

/// How the samples of each modality become clients: a job's `clients.partitioner` and
/// `clients.alpha`, which is that of every partitioner that has one.
struct PartitionerChoice {
  /// Dirichlet's concentration by modality, of those that plain `dirichlet` cuts.
  private(set) var alpha: [String: Double] = [:]
  /// Other partitioners with all their options, by modality.
  private(set) var others: [String: [String: Any]] = [:]

  /// - Parameters:
  ///   - partitioner: a name or `{name: …, options}` for all modalities, or a mapping that has them
  ///     by modality; `dirichlet` where nothing is said.
  ///   - alpha: a number for all modalities, or a mapping that has one for each that needs it.
  init(partitioner: Any?, alpha: Any?, modalities present: [String]) throws {
    let alpha = alpha is NSNull ? nil : alpha
    let choices = try Self.choices(partitioner, present)
    let numbers = try alpha.map { try Self.numbers($0, present) } ?? [:]
    for modality in present {
      let (key, given) = choices[modality] ?? ("partitioner", "dirichlet")
      var settings = try complete(key, named(given, "dirichlet"), partitioners)
      let takesAlpha = settings["alpha"] != nil
      let hasAlpha = (given as? [String: Any])?["alpha"] != nil
      let alphaKey = alpha is [String: Any] ? "alpha.\(modality)" : "alpha"
      if let number = numbers[modality] {
        guard takesAlpha else {
          throw ConfigurationError(
            alphaKey,
            "the partitioner of \(modality), \(settings["name"] ?? ""), has no alpha; remove it "
              + "(clients.alpha: null), or give alpha by modality to those that have one")
        }
        guard !hasAlpha else {
          throw ConfigurationError(
            alphaKey, "clients.\(key) has an alpha as well; keep one of them")
        }
        settings["alpha"] = number
      } else if alpha != nil, takesAlpha, !hasAlpha {
        throw ConfigurationError("alpha", "has no number for \(modality)")
      }
      do { _ = try partitioners.make(settings) } catch let error as ConfigurationError {
        throw error.key == "alpha" && numbers[modality] != nil
          ? ConfigurationError(alphaKey, error.message) : error.inside(key)
      }
      if settings["name"] as? String == Dirichlet.name {
        self.alpha[modality] = settings["alpha"].flatMap(number)
      } else {
        others[modality] = settings
      }
    }
  }

  /// The settings of each modality that has some, and their key.
  private static func choices(
    _ value: Any?, _ present: [String]
  ) throws -> [String: (key: String, settings: Any)] {
    guard let value, !(value is NSNull) else { return [:] }
    guard let tree = value as? [String: Any], tree.keys.contains(where: modalities.names.contains)
    else { return Dictionary(uniqueKeysWithValues: present.map { ($0, ("partitioner", value)) }) }
    var found: [String: (String, Any)] = [:]
    for (modality, settings) in tree.sorted(by: { $0.key < $1.key }) {
      let key = "partitioner.\(modality)"
      guard present.contains(modality) else {
        throw ConfigurationError(key, unknown("modality", modality, among: present))
      }
      found[modality] = (key, settings)
    }
    return found
  }

  /// One number for all modalities, or those of a mapping.
  private static func numbers(_ value: Any, _ present: [String]) throws -> [String: Double] {
    if let number = number(value) {
      return Dictionary(uniqueKeysWithValues: present.map { ($0, number) })
    }
    guard let given = value as? [String: Any] else {
      throw ConfigurationError("alpha", "expected a number, or a number for each modality")
    }
    var numbers: [String: Double] = [:]
    for (modality, value) in given.sorted(by: { $0.key < $1.key }) {
      let key = "alpha.\(modality)"
      guard present.contains(modality) else {
        throw ConfigurationError(key, unknown("modality", modality, among: present))
      }
      guard let number = number(value) else { throw ConfigurationError(key, "expected a number") }
      numbers[modality] = number
    }
    return numbers
  }
}
