import Tensors

/// What a round sends between ranks, for models of one layout.
public struct RoundTraffic: Sendable, Hashable {
  /// Bytes to each other rank: the model, and what the algorithm broadcasts beside it, in Float32.
  public let down: Int
  /// Bytes from each other sum, of which ranks that share memory have one: the sums of the model,
  /// of what else clients send, and of drift, in Int64.
  public let up: Int

  public init(_ model: ParameterLayout, _ channels: Channels, measuresDrift: Bool) {
    down = MemoryLayout<Float>.stride * (model.count + Channels.count(channels.received))
    up =
      MemoryLayout<Int64>.stride
      * (model.count * (measuresDrift ? 3 : 1) + Channels.count(channels.sent))
  }
}
