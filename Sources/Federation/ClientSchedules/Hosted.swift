import Catalogues

/// A client is always trained by the same worker, so that its samples stay in that rank's memory:
/// worker w has the w-th of equal blocks of client ids.
public struct Hosted: PlugIn, ClientSchedule {
  public static let name = "hosted"
  public static let summary = "a client always trains on the same worker, in blocks of ids"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  public func assign(_ selected: [Int], samples: [Int], workers: Int) -> [[Int]] {
    var assigned = [[Int]](repeating: [], count: workers)
    for client in selected { assigned[client * workers / samples.count].append(client) }
    return assigned
  }
}
