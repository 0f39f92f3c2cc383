import Catalogues

/// What is added to a method's loss: `method: { name: simclr, add: [{ name: feddecorr }] }`.
///
/// It has a method's requirements but for `views` and `target`, which are those of the method that
/// it is added to. Its loss and its gradients have its weight in them.
public protocol LossTerm: Method {}

/// Every term that a job file can name.
public let lossTerms = Catalogue<any LossTerm>(
  "term of a loss",
  [
    .init(FedDecorr.self) { $0 },
    .init(FedX.self) { $0 },
    .init(MOON.self) { $0 },
    .init(Uniformity.self) { $0 },
  ])

/// The method that settings name, with the terms that `add` lists.
public func makeMethod(_ settings: Tree) throws -> any Method {
  let (method, terms) = try parts(settings)
  let base = try methods.make(method)
  guard !terms.isEmpty else { return base }
  return SumOfLosses(base, try each(terms) { try lossTerms.make($0) })
}

/// The settings of a method with every default filled in, and those of its terms.
public func resolveMethod(_ settings: Tree) throws -> Tree {
  let (method, terms) = try parts(settings)
  let resolved = try methods.resolve(method)
  guard !terms.isEmpty else { return resolved }
  return resolved.with([add: .list(try each(terms) { try lossTerms.resolve($0) })])
}

private let add = "add"

/// A method's own settings, and its terms'.
private func parts(_ settings: Tree) throws -> (method: Tree, terms: [Tree]) {
  guard let given = settings[add] else { return (settings, []) }
  guard given != .null else { return (settings.without([add]), []) }
  guard let terms = given.list else {
    throw ConfigurationError(add, "expected a list of terms, as in [{ name: feddecorr }]")
  }
  let names = terms.map { $0["name"]?.text ?? $0.text ?? "" }
  for (index, name) in names.enumerated() where names[..<index].contains(name) {
    throw ConfigurationError("\(add)[\(index)]", "'\(name)' is in the list already; give it once")
  }
  return (settings.without([add]), terms)
}

/// Errors name the term's place in the list.
private func each<Result>(_ terms: [Tree], _ body: (Tree) throws -> Result) throws -> [Result] {
  try terms.enumerated().map { index, term in
    try ConfigurationError.inside("\(add)[\(index)]") { try body(term) }
  }
}
