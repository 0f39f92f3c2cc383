import Tensors

/// Which modalities each client has: the shares of a mix, handed out by seed.
///
/// A client keeps its part of each modality's cut whatever the mix; of a modality that it does not
/// have, the part is unused, or goes to a client that has it. A larger share holds the clients of a
/// smaller one: as more of the clients that have images gain sounds, those that had them keep them.
public struct ModalityMix: Sendable {
  /// By client, in the mix's order of names.
  public let modalities: [[String]]
  /// Whether the parts of clients without a modality go to those that have it.
  public let redistributes: Bool
  private let parts: [(key: String, value: Double)]

  /// - Parameter mix: shares of clients by modalities (`image+audio`); they add up to 1. Shares
  ///   become numbers of clients by largest remainder.
  public init(_ mix: [String: Double], clients: Int, seed: UInt64, redistributes: Bool = false) {
    let parts = mix.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    let counts = largestRemainder(parts.map { $0.value }, total: clients)
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
    self.redistributes = redistributes
    self.parts = parts
  }

  /// The clients that have a modality, ascending.
  public func holders(of modality: String) -> [Int] {
    modalities.indices.filter { modalities[$0].contains(modality) }
  }

  /// The mix as shards note it, by key; empty where every client has all of these modalities, which
  /// is as if there were no mix.
  func entries(of names: some Collection<String>) -> [String: String] {
    guard names.contains(where: { holders(of: $0).count < modalities.count }) else { return [:] }
    return [
      "mix": parts.map { "\($0.key)=\($0.value)" }.joined(separator: ","),
      "redistribute": redistributes ? "true" : "false",
    ]
  }
}
