import Checkpoints
import MessagePassing
import Tensors
import Training

/// What a rank does in a round whose clients are weighed by each other (`Mixing`).
public final class RoundMix {
  private let mixing: any Mixing
  private let held: HeldModels
  private let communicator: Communicator

  /// Rank 0 removes what a killed run left.
  init(_ mixing: any Mixing, _ states: ClientStates, _ communicator: Communicator) throws {
    self.mixing = mixing
    held = states.held
    self.communicator = communicator
    try remove()
  }

  /// Values that a rank holds for it beside the model's sum, in Float32's size.
  public static func valueCount(_ layout: ParameterLayout) -> Int {
    layout.count + 2 * ChangeProducts.room
  }

  /// Keeps what a client has made of the model until all have trained.
  func hold(_ model: ParameterVector, client: Int) throws {
    try held.save(model, client: client)
  }

  /// Adds a rank's own clients to its part of the sum. A collective.
  /// - Parameters:
  ///   - trained: all that trained, ascending; rank 0's counts.
  ///   - own: those of them that this rank has trained.
  func add(
    _ own: [Int], to sum: ExactSum, from global: ParameterVector, trained: [Int]?, round: Int,
    share: (_ client: Int) -> Double
  ) throws {
    let clients = try agreed(trained)
    let products = try ChangeProducts().of(
      clients, from: global, in: held, on: communicator)
    let parts = try agreed(
      products.map { mixing.mix(Changes(shares: clients.map(share), products: $0)) },
      count: clients.count)
    let values = ParameterVector(global.layout)
    for (client, part) in zip(clients, parts) where own.contains(client) {
      try held.read(client: client, 0..<values.count, into: values.floats)
      for entry in global.layout.entries where entry.trainable {
        let (own, start) = (values[entry.range], global[entry.range])
        for i in 0..<own.count {
          own[i] = Float((Double(own[i]) - Double(start[i])) * part.scale)
        }
      }
      let weights = global.layout.entries.map { $0.trainable ? part.weight : part.statistics }
      try sum.add(Contribution(values, weights: weights), client: client, round: round)
    }
  }

  /// Rank 0 removes the models: no rank needs them any more.
  func remove() throws { if communicator.rank == 0 { try held.remove() } }

  /// Rank 0's clients, on all ranks.
  private func agreed(_ clients: [Int]?) throws -> [Int] {
    var count = clients?.count ?? 0
    count = Int(try communicator.broadcast(Int64(count)))
    var numbers = clients?.map { Int64($0) } ?? [Int64](repeating: 0, count: count)
    try numbers.withUnsafeMutableBufferPointer { try communicator.broadcast($0) }
    return numbers.map { Int($0) }
  }

  /// Rank 0's parts, on all ranks.
  private func agreed(_ parts: [MixedPart]?, count: Int) throws -> [MixedPart] {
    precondition(parts?.count ?? count == count, "parts of other clients")
    var numbers =
      parts?.flatMap { [$0.scale, $0.weight, $0.statistics] }
      ?? [Double](repeating: 0, count: 3 * count)
    try numbers.withUnsafeMutableBufferPointer { try communicator.broadcast($0) }
    return (0..<count).map {
      MixedPart(
        scale: numbers[3 * $0], weight: numbers[3 * $0 + 1], statistics: numbers[3 * $0 + 2])
    }
  }
}
