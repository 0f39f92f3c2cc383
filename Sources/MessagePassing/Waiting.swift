import CMPI
import Foundation

/// How a rank passes the time until a collective is complete.
enum Waiting {
  /// Others may still compute for long: sleeps of a fiftieth of the time slept so far, 10 µs to
  /// 20 ms. What they add is in proportion to what was waited for, and a rank that only waits
  /// takes nothing worth mentioning from the cores that the others compute on.
  case sleeping
  /// All ranks are here and data flow: the processor is only offered to others.
  case yielding

  /// Starts a non-blocking collective and tests it until it is complete.
  func complete(
    _ call: StaticString, _ start: (inout CMPIRequest) -> Int32
  ) throws(MPIError) {
    var request = cmpi_request_null()
    try check(call) { start(&request) }
    var done: Int32 = 0
    var tests = 0
    var slept: UInt64 = 0  // µs
    while true {
      try check("MPI_Test") { cmpi_test(&request, &done) }
      if done != 0 { return }
      tests += 1
      switch self {
      case .sleeping where tests > 200:
        let pause = min(20_000, max(10, slept / 50))
        usleep(UInt32(pause))
        slept += pause
      case .yielding where tests > 20_000: usleep(20)
      case .yielding where tests > 20: sched_yield()
      default: break
      }
    }
  }
}
