import Tensors

/// Which modalities each client has: the shares of a mix, handed out by seed.
public struct ModalityMix: Sendable {
  /// By client, in the mix's order of names.
  public let modalities: [[String]]

  /// - Parameter mix: shares of clients by modalities (`image+audio`); they add up to 1. Shares
  ///   become numbers of clients by largest remainder.
  public init(_ mix: [String: Double], clients: Int, seed: UInt64) {
    let parts = mix.sorted { $0.key < $1.key }
    let quotas = parts.map { $0.value * Double(clients) }
    // A share of a third of 99 clients may be a hair below 33.
    var counts = quotas.map { Int(($0 + 1e-6).rounded(.down)) }
    let order = quotas.indices.sorted {
      let (a, b) = (quotas[$0] - Double(counts[$0]), quotas[$1] - Double(counts[$1]))
      return a == b ? $0 < $1 : a > b
    }
    for index in order.prefix(clients - counts.reduce(0, +)) { counts[index] += 1 }
    var random = RandomStream(seed: seed, purpose: .mix)
    var modalities = [[String]](repeating: [], count: clients)
    var drawn = random.permutation(clients)[...]
    for (part, count) in zip(parts, counts) {
      for client in drawn.prefix(count) {
        modalities[client] = part.key.split(separator: "+").map(String.init)
      }
      drawn = drawn.dropFirst(count)
    }
    self.modalities = modalities
  }
}
