import Catalogues
import Tensors
import Training

/// Layer-wise divergence aware weight aggregation (Rehman et al., ICCV 2023, arXiv 2307.07393; the
/// details from its authors' code).
///
/// A client sends each parameter l as δ_l w_l, δ_l = cos(w_l, g_l) to the global model g that it
/// started from, at most 1; the next global model is the mean over the round's clients. A parameter
/// that is zero throughout, in the client's or the global model, is sent as it is. A client that
/// trained nothing sends the global model and counts like any other.
public struct LDAWA: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// Whether the mean is weighted by the clients' samples. In its authors' code it is not.
    public var weighted = false
    /// BatchNorm's running statistics: `scaled` as the other parameters are (its authors' code), or
    /// `averaged` alone.
    public var statistics = Statistics.scaled
    /// First rounds that are FedAvg: the cosine to a model that is still random says little.
    public var warmup = 3
  }

  public enum Statistics: String, WordOption { case scaled, averaged }

  public static let name = "ldawa"
  public static let summary = "L-DAWA: each parameter scaled by its cosine to the global model"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "weighted": "whether the mean is weighted by samples",
    "statistics": "BatchNorm's running statistics: scaled as the rest, or averaged alone",
    "warmup": "first rounds that are FedAvg",
  ]

  private let options: Options

  public init(_ options: Options) throws {
    try ConfigurationError.check("warmup", options.warmup, in: 0...1_000_000)
    self.options = options
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    let share = share(terms)
    let weights = state.model.layout.entries.map { entry in
      guard terms.round > options.warmup, entry.trainable || options.statistics == .scaled
      else { return share }
      return share * divergence(state.model[entry.range], state.global[entry.range])
    }
    return ClientOutcome(model: Contribution(state.model, weights: weights))
  }

  /// The cosine of the global model to itself is 1.
  public func weights(untrained global: ParameterVector, _ terms: ClientTerms) -> [Double] {
    [Double](repeating: share(terms), count: global.layout.entries.count)
  }

  private func share(_ terms: ClientTerms) -> Double {
    options.weighted || terms.round <= options.warmup ? terms.share : 1 / Double(terms.clients)
  }
}

/// The cosine of two parameters, between −1 and 1; 1 where there is none. Summed in Float64 one
/// after the other, so that it has the same bits wherever the client trained.
private func divergence(
  _ own: UnsafeMutableBufferPointer<Float>, _ global: UnsafeMutableBufferPointer<Float>
) -> Double {
  var product = 0.0
  var ownSquare = 0.0
  var globalSquare = 0.0
  for i in 0..<own.count {
    let (w, g) = (Double(own[i]), Double(global[i]))
    product += w * g
    ownSquare += w * w
    globalSquare += g * g
  }
  let lengths = ownSquare.squareRoot() * globalSquare.squareRoot()
  // A value that is not finite has no cosine either: the exact sum then names it.
  guard lengths > 0, lengths.isFinite, product.isFinite else { return 1 }
  return max(-1, min(1, product / lengths))
}
