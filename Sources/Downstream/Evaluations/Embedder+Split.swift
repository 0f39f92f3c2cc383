import Evaluation
import MessagePassing
import Tensors

extension Embedder {
  /// Features of evaluation views of a part of a split.
  func embed(
    _ split: EvaluatedSplit, _ part: Range<Int>, _ model: ParameterVector,
    _ communicator: Communicator
  ) throws -> [Float] {
    try embedPart(
      split.store, split.modality, split: split.split, rows: split.rows, part, split.makers, model,
      communicator)
  }
}
