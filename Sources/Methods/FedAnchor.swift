import Catalogues
import Foundation
import Layers
import Tensors

/// FedAnchor (Qiu et al., 2024, arXiv 2402.10191), the half of it that runs in a step. There are
/// two heads on the encoder's features: a linear classifier, and the projection, which is the
/// anchor head. The server has samples with labels, the anchors; clients have none.
///
/// - A client's sample is of the class to whose anchors' projections its own has the largest mean
///   cosine, both by the global model that the round began with, of the sample without
///   augmentation. The classifier is to say that of an augmented view: cross-entropy, mean over the
///   batch. A sample whose largest cosine is below `threshold` has no label, and no loss.
/// - At the server both views are to be told by the classifier, and rows of a class drawn together
///   by the anchor head: cross-entropy plus `contrast` times, with s the cosines over τ, the mean
///   over all rows of −mean_{p of its class} log(exp s_ip / Σ_{a ≠ i} exp s_ia) (Khosla et al.,
///   NeurIPS 2020, arXiv 2004.11362, eq. 2).
///
/// The mean cosine to the anchors of a class is the dot product with their mean direction; those
/// lie in the model, where the aggregator of the same name puts them. No step moves them, and no
/// client has a gradient for the anchor head. There is no code of the authors':
/// docs/ambiguities.md says what is a choice.
public struct FedAnchor: PlugIn, Method {
  public struct Options: Codable, Sendable {
    /// As many as the data have.
    public var classes = 10
    /// τ.
    public var temperature = 0.1
    /// A factor on the anchor head's loss.
    public var contrast = 1.0
    /// The least mean cosine that makes a label; -1 for any.
    public var threshold = -1.0
  }

  public static let name = "fedanchor"
  public static let summary = "labels by nearness to the server's labelled anchors (FedAnchor)"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "classes": "classes of the labels, as many as the data have",
    "temperature": "divides the cosines of the server's samples",
    "contrast": "a factor on the server's loss that draws samples of a class together",
    "threshold": "least mean cosine to a class's anchors that makes a label; -1 for any",
  ]
  /// The entry of the anchors' mean directions, [classes, projection].
  public static let anchors = "fedanchor.anchors"

  private let options: Options
  /// Known from `extend` on.
  private var classifier: Linear?
  private var place: Range<Int>?

  public init(_ options: Options) throws {
    try ConfigurationError.check("classes", options.classes, in: 2...65_536)
    try ConfigurationError.check("temperature", options.temperature, in: 0.001...1000)
    try ConfigurationError.check("contrast", options.contrast, in: 0...1e6)
    try ConfigurationError.check("threshold", options.threshold, in: -1...1)
    self.options = options
  }

  public var plainView: Int? { 0 }
  public var teachers: Set<Teacher> { [.global] }
  public var algorithm: String? { Self.name }

  public mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws {
    classifier = Linear(
      "fedanchor.classifier", &layout, input: features, output: options.classes)
    place = layout.add(Self.anchors, [options.classes, projection], trainable: false)
  }

  /// There are no anchors until the server has projected some.
  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    guard let classifier, let place else { return }
    Initialisation(parameters, seed: seed).uniform(classifier)
    parameters[place].update(repeating: 0)
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    guard let classifier else { preconditionFailure("FedAnchor's loss needs its classifier") }
    let (rows, labels) =
      batch.labels.isEmpty
      ? (batch.rows(1), nearest(batch, engine))
      : (
        0..<batch.projection.rows,
        (0..<batch.views).flatMap { _ in batch.labels.map { Optional($0) } }
      )
    let (logits, saved) = classifier.forward(batch.features[rows], batch.parameters, engine)
    var loss = tell(logits, labels)
    let features = Matrix.zeros(
      engine.pool, rows: batch.features.rows, columns: batch.features.columns)
    let back = classifier.backward(logits, saved, batch.parameters, into: batch.gradient, engine)
    _ = features[rows].floats.update(fromContentsOf: back.floats)
    let projection = Matrix.zeros(
      engine.pool, rows: batch.projection.rows, columns: batch.projection.columns)
    if !batch.labels.isEmpty, options.contrast > 0 {
      loss += draw(batch.projection, labels, into: projection, engine)
    }
    return MethodLoss(loss, projection: projection, features: features)
  }

  /// The classes of a client's samples, by the global model; of equally near ones the first, nil
  /// where none is near enough.
  private func nearest(_ batch: MethodBatch, _ engine: Engine) -> [Int?] {
    guard let global = batch.teachers[.global], let place else {
      preconditionFailure("FedAnchor's labels need the global model and anchors")
    }
    let z = normalised(global[batch.rows(0)], engine).z
    let cosines = Matrix(engine.pool, rows: z.rows, columns: options.classes)
    engine.product(
      rows: z.rows, columns: options.classes, inner: z.columns, z.pointer,
      batch.parameters[place].baseAddress!, bTransposed: true, into: cosines.pointer)
    return (0..<z.rows).map { row in
      let values = cosines[row..<row + 1].floats
      var best = 0
      for i in values.indices where values[i] > values[best] { best = i }
      return Double(values[best]) < options.threshold ? nil : best
    }
  }

  /// Cross-entropy of rows that have a class, over all rows; the logits become its gradient.
  private func tell(_ logits: Matrix, _ labels: [Int?]) -> Double {
    var loss = 0.0
    for (row, label) in labels.enumerated() {
      let values = logits[row..<row + 1].floats
      guard let label else {
        values.update(repeating: 0)
        continue
      }
      let logs = logSoftmax(values, 1)
      loss -= logs[label] / Double(logits.rows)
      for i in values.indices {
        values[i] = Float((exp(logs[i]) - (i == label ? 1 : 0)) / Double(logits.rows))
      }
    }
    return loss
  }

  /// The anchor head's loss; `slope` becomes its gradient. Each row has another view of its sample,
  /// so at least one of its class.
  private func draw(
    _ projection: Matrix, _ labels: [Int?], into slope: Matrix, _ engine: Engine
  ) -> Double {
    let rows = projection.rows
    let (z, lengths) = normalised(projection, engine)
    let weights = Matrix(engine.pool, rows: rows, columns: rows)
    engine.product(
      rows: rows, columns: rows, inner: z.columns, z.pointer, z.pointer, bTransposed: true,
      into: weights.pointer)
    let share = options.contrast / Double(rows)
    var loss = 0.0
    for i in 0..<rows {
      let values = weights[i..<i + 1].floats
      // Itself is no row to be told from.
      values[i] = -.infinity
      let logs = logSoftmax(values, options.temperature)
      let own = (0..<rows).filter { $0 != i && labels[$0] == labels[i] }
      loss -= share * own.reduce(0) { $0 + logs[$1] } / Double(own.count)
      for k in 0..<rows { values[k] = Float(share / options.temperature * exp(logs[k])) }
      for k in own { values[k] -= Float(share / options.temperature / Double(own.count)) }
    }
    // A cosine depends on both of its rows.
    for transposed in [false, true] {
      engine.product(
        rows: rows, columns: z.columns, inner: rows, weights.pointer, aTransposed: transposed,
        z.pointer, into: slope.pointer, accumulate: true)
    }
    throughNormalisation(slope, z, lengths)
    return loss
  }
}
