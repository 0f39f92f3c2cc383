import Foundation
import TestSupport
import Testing

@testable import MessagePassing

@Suite struct CommunicatorTests {
  @Test func aProcessAloneIsItsOwnWorld() throws {
    let alone = Communicator()
    #expect(alone.rank == 0 && alone.size == 1)
    var values: [Int64] = [1, 2, 3]
    try values.withUnsafeMutableBufferPointer {
      try alone.broadcast($0)
      try alone.reduceSum($0)
    }
    #expect(values == [1, 2, 3])
    #expect(try alone.gather([7, 8] as [Float]) == [[7, 8]])
    #expect(try alone.maximum(5) == 5)
    #expect(try alone.broadcast(text: "näher") == "näher")
    try alone.barrier()
    alone.finish()
  }

  @Test func aloneAnErrorKeepsItsType() {
    struct Own: Error {}
    #expect(throws: Own.self) { try Communicator().agree { throw Own() } }
  }

  @Test func withoutALauncherMPIIsNotStarted() throws {
    #expect(try Communicator.start(environment: ["PATH": "/bin"]).size == 1)
    #expect(try Communicator.start(environment: ["SLURM_STEP_NUM_TASKS": "1"]).size == 1)
  }

  @Test func tasksThatDoNotKnowOneAnotherAreRefused() throws {
    #expect(throws: LaunchError.self) {
      try Communicator.start(environment: ["SLURM_STEP_NUM_TASKS": "4"])
    }
    // What follows is of another MPI's mpiexec: PMI is MPICH's own.
    guard Communicator.isOpenMPI else { return }
    #expect(throws: LaunchError.self) {
      try Communicator.start(environment: ["PMI_RANK": "0", "PMI_SIZE": "2"])
    }
    #expect(try Communicator.start(environment: ["PMI_RANK": "0", "PMI_SIZE": "1"]).size == 1)
    // A launcher that says which rank a process is, and not of how many.
    #expect {
      _ = try Communicator.start(environment: ["PMI_RANK": "3"])
    } throws: {
      "\($0)".hasPrefix("this process was started as rank 3, and MPI here knows no other: ")
    }
  }

  /// A shell that srun started has the variables of a rank, but no others beside it.
  @Test func aShellOfSlurmsIsNoRank() throws {
    let shell = ["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "1"]
    #expect(try Communicator.start(environment: shell).size == 1)
    #expect(
      Communicator.ranksMeant(["SLURM_STEP_NUM_TASKS": "9", "OMPI_COMM_WORLD_SIZE": "3"]) == 3)
    #expect(Communicator.ranksMeant(["PMIX_RANK": "1", "SLURM_STEP_NUM_TASKS": "9"]) == 9)
    #expect(Communicator.ranksMeant([:]) == nil)
    #expect(Communicator.rankMeant(["PMIX_RANK": "1", "OMPI_COMM_WORLD_RANK": "2"]) == 2)
    #expect(Communicator.rankMeant(["PMIX_RANK": "1", "PMI_RANK": "0"]) == 1)
    #expect(Communicator.rankMeant([:]) == nil)
  }
}

/// Each rank's part; run by `CommunicatorRanksTests`.
@Suite(.serialized, .enabled(if: isRank)) struct CommunicatorOnRanks {
  nonisolated(unsafe) static let world: Communicator = {
    // Groups of two ranks, and a rack for each two groups.
    var environment = ProcessInfo.processInfo.environment
    let rank = Communicator.rankMeant(environment) ?? 0
    environment["MOTET_GROUP"] = "2"
    environment["MOTET_RACK"] = "\(rank / 4)"
    let world = try! Communicator.start(environment: environment)
    atexit { CommunicatorOnRanks.world.finish() }
    return world
  }()
  var world: Communicator { Self.world }

  @Test func ranksAreCounted() {
    let variable = Communicator.isOpenMPI ? "OMPI_COMM_WORLD_SIZE" : "PMI_SIZE"
    let size = ProcessInfo.processInfo.environment[variable].flatMap(Int.init)
    #expect(world.size == size)
    #expect((0..<world.size).contains(world.rank))
  }

  /// Lengths around the size of a piece, above it too.
  @Test(arguments: [0, 1, 4096, 4097, 1 << 20, 2_500_001])
  func broadcastGivesRootsValues(count: Int) throws {
    let expected = (0..<count).map { Float($0 % 1013) }
    for root in Set([0, world.size - 1]).sorted() {
      var values = world.rank == root ? expected : [Float](repeating: -1, count: count)
      try values.withUnsafeMutableBufferPointer { try world.broadcast($0, from: root) }
      #expect(values == expected)
    }
  }

  @Test func textsAreBroadcast() throws {
    let text = try world.broadcast(text: world.rank == 0 ? "Motette – ä" : "other")
    #expect(text == "Motette – ä")
    #expect(try world.broadcast(text: world.rank == 0 ? "" : "other").isEmpty)
  }

  @Test(arguments: [1, 5000, 2_500_001])
  func integersAreSummedOnRoot(count: Int) throws {
    func value(_ rank: Int, _ i: Int) -> Int64 { Int64(rank + 1) << 56 &+ Int64(i) &* 977 }
    var values = (0..<count).map { value(world.rank, $0) }
    try values.withUnsafeMutableBufferPointer { try world.reduceSum($0) }
    let sums = (0..<count).map { i in (0..<world.size).reduce(Int64(0)) { $0 &+ value($1, i) } }
    let wrong = zip(values, sums).first { $0 != $1 }
    #expect(world.rank > 0 || wrong == nil)
  }

  /// Ranks that add to the integers of their group, at the same time and again after they were made
  /// zero, give the same sums as ranks that have their own.
  @Test func groupsAddToOneSum() throws {
    let group = try #require(world.tree?.group)
    let count = 3 * SharedIntegers.stripe + 17
    let shared = try #require(try SharedIntegers(count: count, group))
    for round in 1...3 {
      try shared.clear()
      for client in 0..<10 {
        shared.forEachStripe { stripe in
          for i in shared.range(of: stripe) {
            shared.values[i] &+= Int64(round * (world.rank + 1) * (client + 1)) << 40 &+ Int64(i)
          }
        }
      }
      try world.reduceSum(shared.values, isShared: true)
      let ranks = world.size * (world.size + 1) / 2
      let wrong = (0..<count).first {
        shared.values[$0] != Int64(round * ranks * 55) << 40 &+ Int64(10 * world.size * $0)
      }
      #expect(world.rank > 0 || wrong == nil, "round \(round)")
      // Nobody makes them zero while rank 0 reads.
      try world.barrier()
    }
    #expect(world.rank > 0 || world.tree?.groups == (world.size + 1) / 2)
  }

  @Test func extremesAreKnownToAll() throws {
    #expect(try world.maximum(Int64(world.rank)) == Int64(world.size - 1))
    #expect(try world.minimum(Int64(world.rank) - 3) == -3)
  }

  /// Rank r gives r · `step` values.
  @Test(arguments: [0, 3, 700_000]) func gatherKeepsRankOrder(step: Int) throws {
    func list(_ rank: Int) -> [Int32] { (0..<rank * step).map { Int32(rank * 1000 + $0 % 991) } }
    let all = try world.gather(list(world.rank))
    #expect(all == (world.rank == 0 ? (0..<world.size).map(list) : nil))
  }

  @Test func allThrowTheErrorOfTheLowestRankThatFailed() throws {
    struct Failure: Error, CustomStringConvertible { let description: String }
    let failing = min(1, world.size - 1)
    #expect {
      try world.agree {
        if world.rank >= failing { throw Failure(description: "no room on \(world.rank)") }
      }
    } throws: { error in
      world.size == 1
        ? error is Failure
        : (error as? AgreedError)?.rank == failing
          && (error as? AgreedError)?.message == "no room on \(failing)"
    }
    #expect(try world.agree { world.rank } == world.rank)
    try world.barrier()
  }

  /// Rank 0 works alone; whichever rank is asked to end, all do.
  @Test func workOnRootEndsForAll() throws {
    var done = 0
    func never() -> Bool { false }
    try world.workOnRoot(isStopped: never) { pause in
      for _ in 0..<3 { try pause() }
      done += 1
    }
    #expect(done == (world.rank == 0 ? 1 : 0))
    struct Failure: Error, CustomStringConvertible { let description = "no room" }
    #expect {
      try world.workOnRoot(isStopped: never) { _ in throw Failure() }
    } throws: { "\($0)" == "no room" }
    for asked in 0..<world.size {
      func isAsked() -> Bool { world.rank == asked }
      #expect(throws: WorkStopped.self) {
        try world.workOnRoot(isStopped: isAsked) { pause in while true { try pause() } }
      }
    }
    try world.barrier()
  }
}

@Suite(.serialized, .disabled(if: isRank)) struct CommunicatorRanksTests {
  @Test(arguments: [1, 2, 3, 5]) func collectivesAgree(ranks: Int) throws {
    let result = try runSuiteOnRanks(ranks, "MessagePassingTests.CommunicatorOnRanks")
    #expect(result.status == 0, "\(result.output)\n\(result.errors)")
    // Each rank really ran all of them.
    let printed = result.output + result.errors
    let passed = printed.components(separatedBy: "Test run with 9 tests").count - 1
    #expect(passed == ranks, "\(result.output)\n\(result.errors)")
  }
}
