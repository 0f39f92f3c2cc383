import Catalogues
import Layers
import Tensors
import Training

/// One linear layer trained on features of a frozen encoder (FSSUAVL §4).
public final class LinearProbe {
  /// Features of one modality's training samples, with their classes.
  public struct Part {
    public let modality: String
    /// [labels.count, dimension], rows contiguous.
    public let features: [Float]
    public let labels: [Int32]

    public init(modality: String, features: [Float], labels: [Int32]) {
      self.modality = modality
      self.features = features
      self.labels = labels
    }
  }

  public let parameters: ParameterVector
  /// The optimizer's vectors.
  public let state: [ParameterVector]
  private let linear: Linear
  private let options: SupervisedOptions
  private let optimizer: any Optimizer
  private let gradient: ParameterVector
  private let engine: Engine

  /// A fresh layer, initialised as PyTorch does.
  public init(
    dimension: Int, classes: Int, options: SupervisedOptions, _ engine: Engine
  ) throws {
    try options.validate()
    self.options = options
    self.engine = engine
    optimizer = try options.makeOptimizer()
    var layout = ParameterLayout()
    linear = Linear("fc", &layout, input: dimension, output: classes)
    parameters = ParameterVector(layout)
    state = (0..<optimizer.stateCount).map { [layout] _ in ParameterVector(layout) }
    gradient = ParameterVector(layout)
    let seed = RandomStream.seed(of: .classifier, from: options.seed)
    Initialisation(parameters, seed: seed).uniform(linear)
  }

  /// One pass over all parts, in batches of one modality each; the mean of the batches' losses.
  /// - Parameter epoch: counted from 0.
  public func train(_ parts: [Part], epoch: Int) throws -> Double {
    let rate = Float(try options.rate(epoch: epoch))
    let plan = options.plan(counts: parts.map { ($0.modality, $0.labels.count) }, epoch: epoch)
    guard !plan.isEmpty else { throw ConfigurationError("", "fewer than two training samples") }
    var total = 0.0
    for (index, batch) in plan.enumerated() {
      let part = parts.first { $0.modality == batch.modality }!
      let x = rows(part.features, batch.samples)
      let (logits, saved) = linear.forward(x, parameters, engine)
      let (loss, logitGradient) = CrossEntropy.loss(
        logits, batch.samples.map { part.labels[$0] }, divisor: batch.samples.count, engine)
      gradient.zero()
      _ = linear.backward(logitGradient, saved, parameters, into: gradient, engine)
      optimizer.step(
        parameters, gradient, state: state, number: epoch * plan.count + index, rate: rate, engine)
      guard loss.isFinite else {
        throw DivergenceError(modality: batch.modality, epoch: epoch + 1)
      }
      total += loss / Double(batch.samples.count)
    }
    return total / Double(plan.count)
  }

  /// Logits [rows, classes] of features [rows, dimension].
  public func logits(_ features: [Float]) -> [Float] {
    var logits: [Float] = []
    let count = features.count / linear.input
    for first in stride(from: 0, to: count, by: 1024) {
      let x = rows(features, Array(first..<min(first + 1024, count)))
      logits += linear.forward(x, parameters, engine).y.floats
    }
    return logits
  }

  private func rows(_ features: [Float], _ chosen: [Int]) -> Matrix {
    let x = Matrix(engine.pool, rows: chosen.count, columns: linear.input)
    features.withUnsafeBufferPointer { features in
      for (row, index) in chosen.enumerated() {
        (x.pointer + row * linear.input).update(
          from: features.baseAddress! + index * linear.input, count: linear.input)
      }
    }
    return x
  }
}
