import Catalogues
import Foundation
import Layers
import Tensors

/// MOON's model-contrastive loss (Li, He, Song, CVPR 2021, arXiv 2103.16257, eq. 3): a view's
/// projection is to be nearer, by cosine s, to the global model's of the same view than to that of
/// the client's own model of its last round: μ times the mean of
/// −log(exp(s_global / τ) / (exp(s_global / τ) + exp(s_previous / τ))).
///
/// In a client's first round there is no model to be far from, and no loss. The paper adds it to a
/// loss with labels, of one view; here it is the mean over all views.
public struct MOON: PlugIn, LossTerm {
  public struct Options: Codable, Sendable {
    /// μ: the paper's 5 for CIFAR-10; 1 elsewhere.
    public var weight = 1.0
    /// τ: the paper's 0.5.
    public var temperature = 0.5
  }

  public static let name = "moon"
  public static let summary = "nearer to the global model than to the client's last one (MOON)"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "weight": "a factor on the term",
    "temperature": "divides the cosines",
  ]
  private let options: Options

  public init(_ options: Options) throws {
    try ConfigurationError.check("weight", options.weight, in: 0...1e6)
    try ConfigurationError.check("temperature", options.temperature, in: 0.001...1000)
    self.options = options
  }

  public var teachers: Set<Teacher> { [.global, .previous] }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    let slope = Matrix.zeros(
      engine.pool, rows: batch.projection.rows, columns: batch.projection.columns)
    guard let global = batch.teachers[.global], let previous = batch.teachers[.previous] else {
      return MethodLoss(0, projection: slope)
    }
    let (z, lengths) = normalised(batch.projection, engine)
    let (near, far) = (normalised(global, engine).z, normalised(previous, engine).z)
    let share = options.weight / Double(z.rows)
    var loss = 0.0
    for row in 0..<z.rows {
      let place = row * z.columns
      let (own, toward, from) = (z.pointer + place, near.pointer + place, far.pointer + place)
      var difference = 0.0
      for i in 0..<z.columns {
        difference += Double(own[i]) * (Double(from[i]) - Double(toward[i]))
      }
      difference /= options.temperature
      // log(1 + exp(x)), and its slope, for any x.
      loss += share * (max(0, difference) + log1p(exp(-abs(difference))))
      let pull = share / (1 + exp(-difference)) / options.temperature
      for i in 0..<z.columns {
        slope.pointer[place + i] = Float(pull * (Double(from[i]) - Double(toward[i])))
      }
    }
    throughNormalisation(slope, z, lengths)
    return MethodLoss(loss, projection: slope)
  }
}
