import Catalogues

/// Which worker trains which of a round's clients. The result of a round does not depend on it.
///
/// A schedule is one file in `ClientSchedules/` and one line in `clientSchedules`.
public protocol ClientSchedule: Sendable {
  /// The clients of each worker, in the order of their training: each of `selected` once.
  /// - Parameters:
  ///   - selected: ids of clients, ascending.
  ///   - samples: each client's number of samples, by id.
  ///   - workers: at least 1.
  func assign(_ selected: [Int], samples: [Int], workers: Int) -> [[Int]]
}

public let clientSchedules = Catalogue<any ClientSchedule>(
  "client schedule",
  [
    .init(Balanced.self) { $0 },
    .init(Hosted.self) { $0 },
  ])
