import Foundation

/// Threads that work on tasks and give the results back in the tasks' order. At most `room` tasks
/// are waiting, at work or done and not yet taken, which bounds memory. One thread hands in tasks
/// and takes results.
final class OrderedWorkers<Output: Sendable>: @unchecked Sendable {
  /// Is told the number of the thread that it runs on, from 0.
  typealias Task = @Sendable (_ worker: Int) -> Output

  private enum Slot {
    case empty
    case waiting(Task)
    case done(Output)
  }

  let threads: Int
  private let room: Int
  private let lock = NSLock()
  /// Task n is in slot n % room. No thread looks at it without the lock.
  private var slots: [Slot]
  private let finished: [DispatchSemaphore]
  private let work = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  /// The numbers of the next task to hand in, to begin, and to take the result of.
  private var last = 0
  private var next = 0
  private var first = 0
  private var isClosed = false

  init(threads: Int, room: Int) {
    precondition(threads > 0 && room > 0, "\(threads) threads with room for \(room)")
    self.threads = threads
    self.room = room
    slots = Array(repeating: .empty, count: room)
    finished = (0..<room).map { _ in DispatchSemaphore(value: 0) }
    for worker in 0..<threads {
      let thread = Thread { self.run(worker) }
      thread.name = "motet worker \(worker)"
      thread.start()
    }
  }

  /// Tasks whose results were not taken.
  var pending: Int { last - first }
  var isFull: Bool { pending == room }

  /// Hands in a task; there must be room.
  func add(_ task: @escaping Task) {
    precondition(!isFull, "no room for another task")
    lock.withLock { slots[last % room] = .waiting(task) }
    last += 1
    work.signal()
  }

  /// The result of the oldest task that is pending; waits for it.
  func take() -> Output {
    precondition(pending > 0, "no task is pending")
    let place = first % room
    finished[place].wait()
    first += 1
    return lock.withLock {
      guard case .done(let output) = slots[place] else { preconditionFailure("not done") }
      slots[place] = .empty
      return output
    }
  }

  /// Ends the threads; what has not begun is dropped.
  func close() {
    lock.withLock { isClosed = true }
    for _ in 0..<threads { work.signal() }
    for _ in 0..<threads { ended.wait() }
  }

  private func run(_ worker: Int) {
    while true {
      work.wait()
      let (place, task) = lock.withLock { () -> (Int, Task?) in
        let place = next % room
        guard !isClosed, case .waiting(let task) = slots[place] else { return (place, nil) }
        next += 1
        return (place, task)
      }
      guard let task else { break }
      let output = task(worker)
      lock.withLock { slots[place] = .done(output) }
      finished[place].signal()
    }
    ended.signal()
  }
}
