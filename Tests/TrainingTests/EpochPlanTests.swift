import Testing

@testable import Training

@Suite struct EpochPlanTests {
  private func plan(
    image: Int, audio: Int, batch: Int = 32, order: BatchOrder = .alternate,
    last: TrainingOptions.LastBatch = .keep, smallest: Int = 8, epoch: Int = 0
  ) -> [EpochPlan.Batch] {
    var options = TrainingOptions()
    options.batch = batch
    options.order = order
    options.lastBatch = last
    options.smallestBatch = smallest
    return EpochPlan(
      counts: [("image", image), ("audio", audio)], options: options, seed: 1, round: 2, client: 3,
      epoch: epoch
    ).batches
  }

  @Test func everySampleAtMostOnceAndOneModalityABatch() {
    let batches = plan(image: 100, audio: 64)
    for (modality, count) in [("image", 100), ("audio", 64)] {
      let samples = batches.filter { $0.modality == modality }.flatMap(\.samples)
      #expect(Set(samples).count == samples.count)
      #expect(samples.allSatisfy { (0..<count).contains($0) })
    }
    // 100 = 3 × 32 + 4: a rest of 4 makes no batch.
    #expect(batches.map(\.modality) == ["image", "audio", "image", "audio", "image"])
  }

  @Test func restsAndSmallClients() {
    #expect(plan(image: 32 + 16, audio: 0).map(\.samples.count) == [32, 16])
    #expect(plan(image: 32 + 15, audio: 0).map(\.samples.count) == [32])
    #expect(plan(image: 15, audio: 8).map(\.samples.count) == [15, 8])
    #expect(plan(image: 15, audio: 7).map(\.samples.count) == [15])
    #expect(plan(image: 15, audio: 2, smallest: 2).map(\.samples.count) == [15, 2])
    #expect(plan(image: 32 + 20, audio: 20, smallest: 24).map(\.samples.count) == [32])
    // A whole batch is one, however small.
    #expect(plan(image: 9, audio: 3, batch: 4).map(\.samples.count) == [4, 4])
    #expect(plan(image: 1, audio: 0, smallest: 2).isEmpty)
    #expect(plan(image: 0, audio: 0).isEmpty)
    #expect(plan(image: 40, audio: 20, last: .drop).map(\.samples.count) == [32])
  }

  @Test func orders() {
    let i = "image"
    let a = "audio"
    #expect(plan(image: 96, audio: 64, order: .first("image")).map(\.modality) == [i, i, i, a, a])
    #expect(plan(image: 96, audio: 64, order: .first("audio")).map(\.modality) == [a, a, i, i, i])
    let random = (0..<8).map { plan(image: 96, audio: 96, order: .random, epoch: $0) }
    #expect(Set(random.map { $0.map(\.modality).joined() }).count > 1)
    #expect(plan(image: 96, audio: 96) == plan(image: 96, audio: 96))
    #expect(plan(image: 96, audio: 0, epoch: 1) != plan(image: 96, audio: 0))
  }
}
