import Testing

@testable import Training

@Suite struct OtherSamplesTests {
  private func samples(client: Int = 3, epoch: Int = 0) -> OtherSamples {
    OtherSamples(
      counts: [("image", 10), ("audio", 4)], seed: 1, round: 2, client: client, epoch: epoch)
  }

  /// Each sample once before any comes again, whatever the batches.
  @Test func allBeforeAnyAgain() {
    var others = samples()
    let images = others.next(4, of: "image") + others.next(6, of: "image")
    #expect(images.sorted() == Array(0..<10))
    let sounds = others.next(6, of: "audio")
    #expect(sounds.prefix(4).sorted() == Array(0..<4) && sounds.suffix(2).allSatisfy { $0 < 4 })
    #expect(others.next(10, of: "image").sorted() == Array(0..<10))
  }

  @Test func keyedByClientAndEpoch() {
    var (one, same, client, epoch) = (
      samples(), samples(), samples(client: 4), samples(epoch: 1)
    )
    let expected = one.next(10, of: "image")
    #expect(same.next(10, of: "image") == expected)
    #expect(client.next(10, of: "image") != expected && epoch.next(10, of: "image") != expected)
  }
}
