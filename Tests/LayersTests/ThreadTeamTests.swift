import Foundation
import Synchronization
import Testing

@testable import Layers

@Suite struct ThreadTeamTests {
  /// Every thread is called once a loop, with an index of its own, thousands of loops one after the
  /// other; more threads than cores included.
  @Test(arguments: [2, 3, 8]) func callsEachThreadOnceALoop(count: Int) {
    let team = ThreadTeam(count)
    let calls = (0..<count).map { _ in Counter() }
    for loop in 1...2000 {
      team.run { calls[$0].add() }
      // All have returned when `run` does.
      for call in calls where call.value != loop { Issue.record("\(call.value) calls in \(loop)") }
    }
    team.end()
  }

  /// A loop finds the threads after they have gone to sleep, and they end while they sleep.
  @Test func wakesSleepers() {
    let team = ThreadTeam(3)
    let calls = Counter()
    for _ in 0..<3 {
      usleep(20_000)
      team.run { _ in calls.add() }
    }
    #expect(calls.value == 9)
    usleep(20_000)
    team.end()
  }

  /// The caller's own part runs on the caller's thread, the others on others.
  @Test func theCallerTakesPart() {
    let team = ThreadTeam(4)
    let names = Mutex<[Int: ObjectIdentifier]>([:])
    team.run { index in
      names.withLock { $0[index] = ObjectIdentifier(Thread.current) }
    }
    let found = names.withLock { $0 }
    #expect(found[0] == ObjectIdentifier(Thread.current))
    #expect(Set(found.values).count == 4)
    team.end()
  }

  private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .acquiring) }
    func add() { count.add(1, ordering: .acquiringAndReleasing) }
  }
}

@Suite struct EngineParallelTests {
  /// The parts cover a range once, in whole units but for the last, each with its thread's engine.
  @Test(arguments: [1, 2, 3, 5], [0, 1, 2, 63, 64, 65, 1000])
  func partsCoverTheRange(threads: Int, count: Int) throws {
    let engine = try Engine(threads: threads)
    for unit in [1, 8, 64] {
      let parts = Mutex<[(part: Range<Int>, thread: Int)]>([])
      engine.parallel(count, unit: unit) { part, own in
        parts.withLock { $0.append((part, own.thread)) }
      }
      let found = parts.withLock { $0 }.sorted { $0.part.lowerBound < $1.part.lowerBound }
      #expect(found.flatMap(\.part) == Array(0..<count))
      #expect(found.allSatisfy { !$0.part.isEmpty && $0.part.lowerBound % unit == 0 })
      #expect(Set(found.map(\.thread)).count == found.count && found.count <= threads)
    }
  }

  /// Engines come and go, with their threads.
  @Test func manyEngines() throws {
    for _ in 0..<200 {
      let engine = try Engine(threads: 3)
      let sum = Atomic<Int>(0)
      engine.parallel(30) { part, _ in sum.add(part.reduce(0, +), ordering: .relaxed) }
      #expect(sum.load(ordering: .relaxed) == 435)
    }
  }
}
