import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct OrderedWorkersTests {
  @Test(arguments: [(1, 1), (1, 4), (3, 2), (4, 16)])
  func resultsComeInTheTasksOrder(threads: Int, room: Int) {
    let workers = OrderedWorkers<Int>(threads: threads, room: room)
    defer { workers.close() }
    var taken: [Int] = []
    for number in 0..<200 {
      if workers.isFull { taken.append(workers.take()) }
      #expect(workers.pending < room)
      workers.add { worker in
        precondition((0..<threads).contains(worker))
        // Later tasks end before earlier ones.
        usleep(UInt32(number % 5 * 100))
        return number
      }
    }
    while workers.pending > 0 { taken.append(workers.take()) }
    #expect(taken == Array(0..<200))
  }

  @Test func closingDropsWhatHasNotBegun() {
    let workers = OrderedWorkers<Int>(threads: 2, room: 8)
    for number in 0..<8 { workers.add { _ in number } }
    workers.close()
    // Nothing to see but that it ends.
    #expect(workers.pending == 8)
  }
}
