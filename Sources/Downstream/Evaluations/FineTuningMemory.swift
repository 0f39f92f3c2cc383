import Encoders
import Evaluation
import Jobs
import Layers
import Tensors

/// The most memory that a rank will hold in fine-tuning, known before it begins.
struct FineTuningMemory {
  let classifier: any Encoder
  let options: SupervisedOptions
  let pieces: Int
  /// Training samples of the largest modality.
  let samples: Int
  let recompute: Bool
  /// One that is trained on.
  let modality: String

  /// Throws on all ranks where the ranks of a node need more than it has. Collective.
  func check(_ context: EvaluationContext) throws {
    // The run's model, the classifier's, its gradient, the optimizer's vectors, the statistics
    // before a step, and the sum in 64-bit integers.
    let vectors = try options.makeOptimizer().stateCount
    let models = (6 + vectors) * classifier.layout.count * MemoryLayout<Float>.stride
    let step = try context.communicator.agree { try stepBuffers(context.engine) }
    try MemoryError.check(
      MemoryPlan.program + models + step, mend: "give --recompute, or raise 'pieces'",
      context.communicator)
  }

  /// What a piece's step holds.
  private func stepBuffers(_ engine: Engine) throws -> Int {
    let piece = FineTuning.largestPiece(of: min(options.batch, samples), pieces)
    return try MemoryPlan.extrapolated(to: piece) { try trial($0, engine) }
  }

  private func trial(_ count: Int, _ like: Engine) throws -> Int {
    let engine = try Engine(lanes: like.lanes, threads: like.threads)
    // Zeros: what memory a step takes does not depend on values.
    let parameters = ParameterVector(classifier.layout)
    let views = classifier.makeViews(of: modality, count: count, engine)
    views.buffer.floats.update(repeating: 0)
    let (output, saved) = classifier.forward(
      views, of: modality, groups: 1, recompute: recompute, parameters, engine)
    classifier.backward(
      EncoderGradient(projection: output.projection), saved, parameters,
      into: parameters.copy(), engine)
    return engine.highWater
  }
}
