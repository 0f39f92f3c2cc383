/// A network whose projections of a batch a loss compares with, and which nobody trains: its
/// running statistics normalise, as in evaluation.
public enum Teacher: Sendable, Hashable {
  /// The global model that the client's round began with.
  case global
  /// The client's own model of the last round in which it trained; there is none before.
  case previous
}
