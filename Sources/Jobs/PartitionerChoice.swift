import Catalogues
import Datasets
import Views

/// How the samples of each modality become clients: a job's `clients.partitioner` and
/// `clients.alpha`, which is that of every partitioner that has one.
struct PartitionerChoice {
  /// Dirichlet's concentration by modality, of those that plain `dirichlet` cuts.
  private(set) var alpha: [String: Double] = [:]
  /// Other partitioners with all their options, by modality.
  private(set) var others: [String: Tree] = [:]

  /// What a resolved job says of it. Where Dirichlet cuts all, that is `alpha`, as in jobs of
  /// before there were other partitioners.
  var tree: Tree {
    var tree: Tree = [:]
    if !alpha.isEmpty { tree["alpha"] = Tree(alpha.map { ($0, .number($1)) }) }
    if !others.isEmpty { tree["partitioner"] = Tree(others.map { ($0, $1) }) }
    return tree
  }

  /// - Parameters:
  ///   - partitioner: a name or `{name: …, options}` for all modalities, or a mapping that has them
  ///     by modality; `dirichlet` where nothing is said.
  ///   - alpha: a number for all modalities, or a mapping that has one for each that needs it.
  init(partitioner: Tree?, alpha: Tree?, modalities present: [String]) throws {
    let alpha = alpha == .null ? nil : alpha
    let choices = try Self.choices(partitioner, present)
    let numbers = try alpha.map { try Self.numbers($0, present) } ?? [:]
    for modality in present {
      let (key, given) = choices[modality] ?? ("partitioner", "dirichlet")
      var settings = try ConfigurationError.inside(key) {
        try partitioners.resolve(named(given, "dirichlet"))
      }
      let takesAlpha = settings["alpha"] != nil
      let hasAlpha = given["alpha"] != nil
      let alphaKey = alpha?.mapping != nil ? "alpha.\(modality)" : "alpha"
      if let number = numbers[modality] {
        guard takesAlpha else {
          throw ConfigurationError(
            alphaKey,
            "the partitioner of \(modality), \(settings["name"]?.text ?? ""), has no alpha; remove it "
              + "(clients.alpha: null), or give alpha by modality to those that have one")
        }
        guard !hasAlpha else {
          throw ConfigurationError(
            alphaKey, "clients.\(key) has an alpha as well; keep one of them")
        }
        settings["alpha"] = .number(number)
      } else if alpha != nil, takesAlpha, !hasAlpha {
        throw ConfigurationError("alpha", "has no number for \(modality)")
      }
      do { _ = try partitioners.make(settings) } catch let error as ConfigurationError {
        throw error.key == "alpha" && numbers[modality] != nil
          ? ConfigurationError(alphaKey, error.message) : error.inside(key)
      }
      if settings["name"]?.text == Dirichlet.name {
        self.alpha[modality] = settings["alpha"]?.number
      } else {
        others[modality] = settings
      }
    }
  }

  /// The settings of each modality that has some, and their key.
  private static func choices(
    _ value: Tree?, _ present: [String]
  ) throws -> [String: (key: String, settings: Tree)] {
    guard let value, value != .null else { return [:] }
    guard let tree = value.mapping, tree.keys.contains(where: modalities.names.contains) else {
      return Dictionary(uniqueKeysWithValues: present.map { ($0, ("partitioner", value)) })
    }
    var found: [String: (String, Tree)] = [:]
    for (modality, settings) in tree.sorted {
      let key = "partitioner.\(modality)"
      guard present.contains(modality) else {
        throw ConfigurationError(key, unknown("modality", modality, among: present))
      }
      found[modality] = (key, settings)
    }
    return found
  }

  /// One number for all modalities, or those of a mapping.
  private static func numbers(_ value: Tree, _ present: [String]) throws -> [String: Double] {
    if let number = value.number {
      return Dictionary(uniqueKeysWithValues: present.map { ($0, number) })
    }
    guard let given = value.mapping else {
      throw ConfigurationError("alpha", "expected a number, or a number for each modality")
    }
    var numbers: [String: Double] = [:]
    for (modality, value) in given.sorted {
      let key = "alpha.\(modality)"
      guard present.contains(modality) else {
        throw ConfigurationError(key, unknown("modality", modality, among: present))
      }
      guard let number = value.number else { throw ConfigurationError(key, "expected a number") }
      numbers[modality] = number
    }
    return numbers
  }
}
