import Testing

@testable import Datasets

@Suite struct ModalityMixTests {
  func counts(_ mix: [String: Double], _ clients: Int) -> [String: Int] {
    let drawn = ModalityMix(mix, clients: clients, seed: 1).modalities
    return Dictionary(drawn.map { ($0.joined(separator: "+"), 1) }, uniquingKeysWith: +)
  }

  @Test func sharesBecomeClients() {
    #expect(counts(["image+audio": 1], 100) == ["image+audio": 100])
    #expect(
      counts(["image+audio": 0.34, "image": 0.33, "audio": 0.33], 100)
        == ["image+audio": 34, "image": 33, "audio": 33])
    #expect(counts(["image": 0.5, "audio": 0.5], 7).values.sorted() == [3, 4])
    let third = 1.0 / 3
    #expect(
      counts(["image+audio": third, "image": third, "audio": third], 99)
        == ["image+audio": 33, "image": 33, "audio": 33])
    #expect(counts(["image": 0, "audio": 1], 3) == ["audio": 3])
  }

  /// Clients that gain a modality as its share grows keep it (the paper's Figure 4).
  @Test(arguments: [("image", "audio"), ("audio", "image")])
  func largerSharesHoldSmallerOnes(everywhere: String, added: String) {
    let name = "image+audio"
    var before: Set<Int> = []
    for share in [0, 0.1, 0.3, 0.5, 0.7, 1] {
      let mix = ModalityMix([everywhere: 1 - share, name: share], clients: 100, seed: 5)
      let holders = mix.holders(of: added)
      #expect(holders.count == Int((share * 100).rounded()))
      #expect(mix.holders(of: everywhere).count == 100)
      #expect(before.isSubset(of: holders))
      before = Set(holders)
    }
  }

  /// Each modality's share by itself; a client that draws nothing keeps one.
  @Test(arguments: [0.0, 0.1, 0.295, 0.5, 0.9]) func missingModalities(rate: Double) {
    let names = ["image", "audio"]
    func lacking(_ name: String, _ missing: [String: Double], seed: UInt64 = 3) -> Set<Int> {
      let mix = ModalityMix(missing: missing, of: names, clients: 200, seed: seed)
      #expect(mix.modalities.allSatisfy { !$0.isEmpty && $0 == names.filter($0.contains) })
      return Set(0..<200).subtracting(mix.holders(of: name))
    }
    let wanted = Int((rate * 200).rounded())
    let alone = names.map { lacking($0, [$0: rate]) }
    for (name, other) in [("image", "audio"), ("audio", "image")] {
      #expect(lacking(name, [name: rate]).count == wanted)
      #expect(lacking(other, [name: rate]).isEmpty)
      #expect(lacking(name, ["image": rate, "audio": rate], seed: 4).count <= wanted)
    }
    // Who draws nothing has one modality, and who does not has what it drew.
    let both = ["image": rate, "audio": rate]
    let together = names.map { lacking($0, both) }
    #expect(together[0].isDisjoint(with: together[1]))
    #expect(together[0].union(together[1]) == alone[0].union(alone[1]))
    #expect(zip(together, alone).allSatisfy { $0.isSubset(of: $1) })
    if rate == 0.5 {
      #expect(together.allSatisfy { $0.count < wanted }, "of 200 some draw nothing")
      #expect(alone[0] != alone[1] && lacking("image", both, seed: 4) != together[0])
    }
  }

  /// Rates that grow in proportion take modalities away and give none back.
  @Test func higherMissingRatesHoldLowerOnes() {
    var before = [Set<Int>](repeating: [], count: 3)
    for step in 0..<40 {
      let rates = ["a": 0.024 * Double(step), "b": 0.017 * Double(step), "c": 0.01 * Double(step)]
      let mix = ModalityMix(missing: rates, of: ["a", "b", "c"], clients: 37, seed: 6)
      let lacking = ["a", "b", "c"].map { Set(0..<37).subtracting(mix.holders(of: $0)) }
      #expect(zip(before, lacking).allSatisfy { $0.isSubset(of: $1) }, "step \(step)")
      before = lacking
    }
    #expect(before.allSatisfy { !$0.isEmpty })
  }

  @Test func theSeedDecidesWhichClients() {
    let mix = ["image": 0.5, "audio": 0.5]
    let first = ModalityMix(mix, clients: 100, seed: 1).modalities
    #expect(ModalityMix(mix, clients: 100, seed: 1).modalities == first)
    #expect(ModalityMix(mix, clients: 100, seed: 2).modalities != first)
  }
}
