import Tensors

/// The model that a client had at the end of the last round in which it trained, where a method's
/// loss compares with it: kept whatever the federated algorithm keeps.
public enum PreviousModel {
  /// The name of what a client keeps.
  public static let name = "previous_model"
}
