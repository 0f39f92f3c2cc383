import Evaluation
import Machines
import MessagePassing
import Tensors
import Views

extension Embedder {
  /// Features of a split's samples on rank 0, empty elsewhere. A collective. Throws `WorkStopped`
  /// where a rank is asked to end.
  /// - Parameter random: the stream of a row's training view; its evaluation views where there is
  ///   none.
  func embed(
    _ split: EvaluatedSplit, _ makers: [any ViewMaker], _ model: ParameterVector,
    _ communicator: Communicator, random: ((_ place: Int) -> RandomStream)? = nil
  ) throws -> [Float] {
    try embed(
      split.store, split.modality, split: split.split, rows: split.rows, makers, model,
      communicator, isStopped: { StopSignal.isReceived }, random: random)
  }

  /// Features of a part of a split.
  /// - Parameter random: the stream of a row's training view; its evaluation views where there is
  ///   none.
  func embed(
    _ split: EvaluatedSplit, _ part: Range<Int>, _ model: ParameterVector,
    _ communicator: Communicator, random: ((_ place: Int) -> RandomStream)? = nil
  ) throws -> [Float] {
    try embedPart(
      split.store, split.modality, split: split.split, rows: split.rows, part, split.makers, model,
      communicator, random: random)
  }
}
