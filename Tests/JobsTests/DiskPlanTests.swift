import TestSupport
import Testing

@testable import Jobs

@Suite struct DiskPlanTests {
  let folder = TemporaryFolder()

  private func plan(_ federation: String) throws -> (disk: DiskPlan, model: Int) {
    let job = try Job.load(
      folder.write(
        "job.yaml",
        """
        data: { image: a.h5 }
        clients: { count: 100 }
        encoder: { name: vit, input: 16, patch: 8, width: 64, depth: 1, heads: 2, mlp: 64 }
        federation: { rounds: 50, participation: 10%, \(federation) }
        """))
    return (try DiskPlan(job), 4 * job.model.layout.count)
  }

  @Test func whatKeepsNothingTakesNothingMore() throws {
    let (disk, model) = try plan("aggregator: fedavg")
    #expect(disk.clientStates == 0)
    #expect(disk.checkpoints == 3 * model)
  }

  /// The models of a round's clients, until its sum is made.
  @Test func countsWhatIsHeld() throws {
    let (disk, model) = try plan("aggregator: eua")
    #expect(disk.checkpoints == 3 * model)
    #expect(disk.clientStates == 10 * model)
  }

  /// SCAFFOLD: a vector on rank 0 and one for each client; three rounds' clients have two or more.
  @Test func countsStates() throws {
    let (disk, model) = try plan("aggregator: scaffold")
    #expect(disk.checkpoints == 3 * 2 * model)
    #expect(disk.clientStates == (100 + 3 * 10) * model)
    let kept = try plan("aggregator: scaffold, keep: [10, 40]").disk
    #expect(kept.checkpoints == 5 * 2 * model)
    #expect(kept.clientStates == (3 * 100 + 3 * 10) * model)
  }
}
