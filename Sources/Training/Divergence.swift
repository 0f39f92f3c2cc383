import Catalogues

/// An error that says that a client's training ran away: its model is of no use.
public protocol Divergence: Error {}

/// What becomes of a round in which a client's training ran away.
public enum OnDivergence: String, WordOption {
  /// The run ends.
  case stop
  /// The round goes on without the client: the others' weights add up to 1.
  case skip
}
