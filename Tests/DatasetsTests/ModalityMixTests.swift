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

  @Test func theSeedDecidesWhichClients() {
    let mix = ["image": 0.5, "audio": 0.5]
    let first = ModalityMix(mix, clients: 100, seed: 1).modalities
    #expect(ModalityMix(mix, clients: 100, seed: 1).modalities == first)
    #expect(ModalityMix(mix, clients: 100, seed: 2).modalities != first)
  }
}
