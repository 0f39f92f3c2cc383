import Catalogues

/// Longest client first, each onto the worker with the least to do (Graham 1969: at most 4/3 of the
/// best possible time). Any worker may train any client.
public struct Balanced: PlugIn, ClientSchedule {
  public static let name = "balanced"
  public static let summary = "longest client first onto the least loaded worker"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  public func assign(_ selected: [Int], samples: [Int], workers: Int) -> [[Int]] {
    var assigned = [[Int]](repeating: [], count: workers)
    var load = [Int](repeating: 0, count: workers)
    let longestFirst = selected.sorted { (samples[$1], $0) < (samples[$0], $1) }
    for client in longestFirst {
      let worker = load.indices.min { (load[$0], $0) < (load[$1], $1) }!
      assigned[worker].append(client)
      // A client without samples still costs its share of the exact sum.
      load[worker] += max(1, samples[client])
    }
    return assigned
  }
}
