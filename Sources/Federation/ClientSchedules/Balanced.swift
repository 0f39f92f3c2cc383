import Catalogues
import HeapModule

/// Longest client first, each onto the worker with the least to do (Graham 1969: at most 4/3 of the
/// best possible time). Any worker may train any client.
public struct Balanced: PlugIn, ClientSchedule {
  public static let name = "balanced"
  public static let summary = "longest client first onto the least loaded worker"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  public func assign(_ selected: [Int], samples: [Int], workers: Int) -> [[Int]] {
    var assigned = [[Int]](repeating: [], count: workers)
    var loads = Heap((0..<workers).map { Load(samples: 0, worker: $0) })
    let longestFirst = selected.sorted { (samples[$1], $0) < (samples[$0], $1) }
    for client in longestFirst {
      var least = loads.removeMin()
      assigned[least.worker].append(client)
      // A client without samples still costs its share of the exact sum.
      least.samples += max(1, samples[client])
      loads.insert(least)
    }
    return assigned
  }
}

/// What a worker has to do.
private struct Load: Comparable {
  var samples: Int
  let worker: Int

  /// Of equal loads the first worker's.
  static func < (a: Load, b: Load) -> Bool { (a.samples, a.worker) < (b.samples, b.worker) }
}
