import Foundation
import MessagePassing
import Tensors
import Training

/// How far a round's clients went apart in one layer.
public struct LayerDrift: Sendable, Equatable {
  public let layer: String
  public let distance: Double
  public let cosine: Double
  public let length: Double
}

/// How far a round's clients went apart, by layer. With Δ_q client q's change of a layer's
/// trainable parameters, β_q its share of the samples of those who trained, and Δ = Σ β_q Δ_q their
/// mean:
/// - `distance`, the root of Σ β_q ‖Δ_q − Δ‖²;
/// - `cosine`, Σ β_q cos(Δ_q, Δ): 1 where all go the same way, near 0 where each goes its own;
/// - `length`, ‖Δ‖.
///
/// Ranks have two exact sums for it, of Δ_q and of Δ_q over its length: the same bits on any ranks.
/// A client without a step has no change, and no part.
public final class Drift {
  /// A layer's trainable entries, which lie one after the other.
  private struct Layer {
    let name: String
    var range: Range<Int>
  }

  private let layers: [Layer]
  private let changes: ExactSum
  private let directions: ExactSum
  private let vector: ParameterVector

  init(_ layout: ParameterLayout, on communicator: Communicator) throws {
    layers = layout.entries.filter(\.trainable).reduce(into: []) { layers, entry in
      let name = entry.name.split(separator: ".").dropLast().joined(separator: ".")
      let own = name.isEmpty ? entry.name : name
      if let last = layers.last, last.name == own, last.range.upperBound == entry.offset {
        layers[layers.count - 1].range = last.range.lowerBound..<entry.range.upperBound
      } else {
        layers.append(Layer(name: own, range: entry.range))
      }
    }
    changes = try ExactSum(layout, on: communicator)
    directions = try ExactSum(layout, on: communicator)
    vector = ParameterVector(layout)
  }

  /// Values that a rank holds for it, in Float32's size: two sums and a vector; rank 0 makes two
  /// vectors more.
  public static func valueCount(_ layout: ParameterLayout, isRoot: Bool) -> Int {
    (isRoot ? 7 : 5) * layout.count
  }

  func zero() throws {
    try changes.zero()
    try directions.zero()
  }

  /// Adds what a client makes of the global model; returns the square of the length of each
  /// layer's change.
  func add(_ state: LocalState, _ terms: ClientTerms) throws -> [Double] {
    let (values, start, end) = (vector.floats, state.global.floats, state.model.floats)
    let squares = layers.map { layer in
      var square = 0.0
      for i in layer.range {
        // No further than a sum can take: beyond, it means nothing anyhow.
        values[i] = max(-ExactSum.limit, min(ExactSum.limit, end[i] - start[i]))
        square += Double(values[i]) * Double(values[i])
      }
      return square
    }
    let own = Contribution(vector, weight: terms.share)
    try changes.add(own, client: terms.client, round: terms.round)
    for (layer, square) in zip(layers, squares) where square > 0 {
      let length = square.squareRoot()
      for i in layer.range { values[i] = Float(Double(values[i]) / length) }
    }
    try directions.add(own, client: terms.client, round: terms.round)
    return squares
  }

  /// Adds the other ranks' sums to rank 0's.
  func reduce(_ communicator: Communicator) throws {
    try changes.reduce(communicator)
    try directions.reduce(communicator)
  }

  /// Rank 0's.
  /// - Parameter clients: shares, and squares of lengths by layer, of those that trained, in the
  ///   clients' order.
  func figures(_ clients: [(share: Double, squares: [Double])]) -> [LayerDrift] {
    let total = clients.reduce(0) { $0 + $1.share }
    guard total > 0 else { return [] }
    let (mean, directions) = (changes.vector(), directions.vector())
    return layers.enumerated().map { index, layer in
      var (square, product) = (0.0, 0.0)
      for i in layer.range {
        let change = Double(mean.floats[i]) / total
        square += change * change
        product += change * Double(directions.floats[i]) / total
      }
      let squares = clients.reduce(0) { $0 + $1.share * $1.squares[index] } / total
      return LayerDrift(
        layer: layer.name, distance: max(0, squares - square).squareRoot(),
        cosine: square > 0 ? product / square.squareRoot() : 0, length: square.squareRoot())
    }
  }
}
