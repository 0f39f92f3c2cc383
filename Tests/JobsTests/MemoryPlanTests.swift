import Foundation
import TestSupport
import Testing

@testable import Jobs

@Suite struct MemoryPlanTests {
  let folder = TemporaryFolder()

  /// What a worker holds of a tiny transformer's job with two modalities.
  private func bytes(method: String, samples: Int) throws -> Int {
    let job = try Job.load(
      folder.write(
        "job.yaml",
        """
        data: { image: a.h5, audio: b.h5 }
        encoder: { name: vit, input: 16, patch: 8, width: 64, depth: 1, heads: 2, mlp: 64, projection: 32 }
        method: \(method)
        """))
    return try MemoryPlan(
      job, isWorker: true, isRoot: false, largestClient: (samples: samples, bytes: 0)
    ).bytes(threads: 1)
  }

  /// Rows that a method remembers are counted for each modality, and not again for each sample.
  @Test(arguments: [2, 40]) func countsAMethodsMemory(samples: Int) throws {
    let rows = 10_000
    let more =
      try bytes(method: "{ name: moco, queue: \(2 * rows) }", samples: samples)
      - bytes(method: "{ name: moco, queue: \(rows) }", samples: samples)
    let queues = 2 * rows * 32 * 4
    // A step compares its samples with one queue, and has that once more in panels at most.
    let cosines = rows * samples * 4
    #expect(more >= queues + cosines)
    // The rest is room between blocks.
    #expect(more < queues + queues / 2 + 2 * cosines + queues / 4)
  }
}
