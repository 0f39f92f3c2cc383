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
  /// What was asked for, as shards note it.
  private let text: String

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
    text = Self.text(parts)
  }

  /// Each modality is missing in a share of the clients, drawn by itself (FedMultimodal, Feng et
  /// al., arXiv 2306.09486): the shares become numbers of clients by largest remainder. A client
  /// that would have nothing keeps the modality that it would lose last, were all rates raised from
  /// 0 in proportion; so higher rates, in proportion, take away more and give nothing back.
  /// - Parameters:
  ///   - missing: by modality the share of clients that lack it, 0 ..< 1; 0 where it has none.
  ///   - names: all modalities, in the mix's order.
  public init(
    missing: [String: Double], of names: [String], clients: Int, seed: UInt64,
    redistributes: Bool = false
  ) {
    let losses = names.map { name in
      var random = RandomStream(seed: seed, purpose: .mix, round: streamKey("missing \(name)"))
      let rate = missing[name] ?? 0
      return (
        name: name, rate: rate, count: largestRemainder([rate, 1 - rate], total: clients)[0],
        places: random.permutation(clients)
      )
    }
    modalities = (0..<clients).map { client in
      let has = losses.filter { $0.places[client] >= $0.count }
      guard has.isEmpty else { return has.map(\.name) }
      // As counts are rounded, a client loses a modality when rate * clients is its place + 1/2.
      let times = losses.map { (name: $0.name, time: (Double($0.places[client]) + 0.5) / $0.rate) }
      return [times.max { $0.time < $1.time }?.name].compactMap { $0 }
    }
    self.redistributes = redistributes
    text = "missing " + Self.text(missing.filter { $0.value > 0 }.sorted { $0.key < $1.key })
  }

  private static func text(_ parts: [(key: String, value: Double)]) -> String {
    parts.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }

  /// The clients that have a modality, ascending.
  public func holders(of modality: String) -> [Int] {
    modalities.indices.filter { modalities[$0].contains(modality) }
  }

  /// The mix as shards note it, by key; empty where every client has all of these modalities, which
  /// is as if there were no mix.
  func entries(of names: some Collection<String>) -> [String: String] {
    guard names.contains(where: { holders(of: $0).count < modalities.count }) else { return [:] }
    return ["mix": text, "redistribute": redistributes ? "true" : "false"]
  }
}
