import Catalogues
import Federation
import Tensors
import Testing

@Suite struct ClientScheduleTests {
  let samples = (0..<100).map { ($0 * 7919) % 613 }

  @Test(arguments: clientSchedules.names) func eachClientIsTrainedOnce(name: String) throws {
    let schedule = try clientSchedules.make(name)
    for selected in [Array(0..<100), [3], [0, 99], Array(stride(from: 1, to: 100, by: 9)), []] {
      for workers in [1, 2, 3, 5, 64, 130] {
        let assigned = schedule.assign(selected, samples: samples, workers: workers)
        #expect(assigned.count == workers)
        #expect(assigned.flatMap { $0 }.sorted() == selected)
      }
    }
  }

  @Test(arguments: clientSchedules.names)
  func theSameArgumentsGiveTheSameSchedule(name: String) throws {
    let schedule = try clientSchedules.make(name)
    let first = schedule.assign(Array(0..<100), samples: samples, workers: 4)
    #expect(schedule.assign(Array(0..<100), samples: samples, workers: 4) == first)
  }

  @Test func hostedNeverMovesAClient() throws {
    let schedule = try clientSchedules.make("hosted")
    let all = schedule.assign(Array(0..<100), samples: samples, workers: 4)
    #expect(all.map(\.count) == [25, 25, 25, 25])
    for client in 0..<100 {
      let alone = schedule.assign([client], samples: samples, workers: 4)
      #expect(alone.firstIndex(of: [client]) == all.firstIndex { $0.contains(client) })
    }
  }

  /// Graham's bound for longest processing time first: 4/3 − 1/(3 m) of the optimum. The optimum
  /// is bounded from below by the mean load and by the longest client.
  @Test func balancedKeepsGrahamsBound() throws {
    let schedule = try clientSchedules.make("balanced")
    for workers in [2, 3, 5, 16] {
      let loads = schedule.assign(Array(0..<100), samples: samples, workers: workers)
        .map { $0.reduce(0) { $0 + samples[$1] } }
      let least = max(Double(samples.reduce(0, +)) / Double(workers), Double(samples.max()!))
      #expect(Double(loads.max()!) <= least * (4.0 / 3 - 1 / (3 * Double(workers))))
    }
  }

  @Test func longestClientGoesFirst() throws {
    let schedule = try clientSchedules.make("balanced")
    let assigned = schedule.assign([0, 1, 2, 3], samples: [1, 5, 9, 5], workers: 2)
    #expect(assigned == [[2, 0], [1, 3]])
  }
}
