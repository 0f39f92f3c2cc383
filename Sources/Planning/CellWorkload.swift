import Datasets
import Federation
import Jobs

/// A run's work in all its rounds, counted from the real cut of its data.
struct CellWorkload {
  /// By id.
  let clients: [ClientWorkload]
  /// The clients of each round.
  let rounds: [[Int]]
  /// What all workers do together.
  let whole: ClientWorkload
  private let schedule: any ClientSchedule
  /// Each client's samples, by id.
  private let sizes: [Int]

  init(_ job: Job, _ cut: [String: Partition]) {
    let workloads = ClientWorkload.all(job, cut)
    clients = workloads
    rounds = (1...job.federation.rounds).map { job.selection.clients(round: $0) }
    whole = rounds.joined().reduce(into: .none) { $0 += workloads[$1] }
    schedule = job.schedule
    sizes = (0..<job.clients.count).map { client in cut.values.reduce(0) { $0 + $1.count(client) } }
  }

  /// What the worker that is last in each round does, summed over the rounds: the run waits for it.
  /// - Parameter seconds: of a client's round.
  func busiest(workers: Int, seconds: (ClientWorkload) -> Double) -> ClientWorkload {
    let costs = clients.map(seconds)
    return rounds.reduce(into: .none) { sum, selected in
      let assigned = schedule.assign(selected, samples: sizes, workers: workers)
      let times = assigned.map { $0.reduce(0) { $0 + costs[$1] } }
      let last = times.indices.max { times[$0] < times[$1] }!
      for client in assigned[last] { sum += clients[client] }
    }
  }
}
