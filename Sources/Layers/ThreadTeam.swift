import Foundation
import Synchronization

/// Threads that share one loop at a time with the caller's.
///
/// A waiting thread looks for work for some microseconds, for one layer follows another, and then
/// sleeps, for the next batch may be long in coming.
final class ThreadTeam: @unchecked Sendable {
  /// Threads, the caller's included.
  let count: Int
  /// One more for each loop; negative: the threads shall end.
  private let turn = Atomic<Int>(0)
  private let unfinished = Atomic<Int>(0)
  private var body: ((Int) -> Void)?
  private let sleepers = NSCondition()
  private var threads: [Thread] = []
  private static let looks = 20_000

  init(_ count: Int) {
    precondition(count > 1, "a team of \(count)")
    self.count = count
    for index in 1..<count {
      let thread = Thread { [unowned self] in work(index) }
      thread.name = "motet \(index)"
      threads.append(thread)
      thread.start()
    }
  }

  /// Calls `body` with 0..<count, each on its own thread, and returns when all have.
  func run(_ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      self.body = body
      unfinished.store(count - 1, ordering: .relaxed)
      sleepers.lock()
      turn.add(1, ordering: .releasing)
      sleepers.broadcast()
      sleepers.unlock()
      body(0)
      var looks = 0
      while unfinished.load(ordering: .acquiring) > 0 {
        looks += 1
        // On fewer cores than threads, the others need this one's.
        if looks > Self.looks { sched_yield() }
      }
      self.body = nil
    }
  }

  private func work(_ index: Int) {
    var seen = 0
    while true {
      var looks = 0
      while turn.load(ordering: .acquiring) == seen {
        looks += 1
        guard looks > Self.looks else { continue }
        sleepers.lock()
        while turn.load(ordering: .acquiring) == seen { sleepers.wait() }
        sleepers.unlock()
      }
      seen = turn.load(ordering: .acquiring)
      if seen < 0 { break }
      body?(index)
      unfinished.subtract(1, ordering: .releasing)
    }
    unfinished.subtract(1, ordering: .releasing)
  }

  /// Ends the threads. Nothing may be running.
  func end() {
    unfinished.store(count - 1, ordering: .relaxed)
    sleepers.lock()
    turn.store(-1, ordering: .releasing)
    sleepers.broadcast()
    sleepers.unlock()
    while unfinished.load(ordering: .acquiring) > 0 { sched_yield() }
  }
}
