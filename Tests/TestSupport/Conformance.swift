import Catalogues

/// What an entry's defaults resolve to, and what that resolves to in turn: the same. Throws where
/// the entry cannot be made of it.
public func resolvedTwice<Product>(
  _ name: String, in catalogue: Catalogue<Product>
) throws -> (once: Tree, twice: Tree) {
  let once = try catalogue.resolve(name)
  let twice = try catalogue.resolve(once)
  _ = try catalogue.make(once)
  return (once, twice)
}
