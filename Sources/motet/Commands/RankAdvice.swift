import Catalogues
import Foundation

/// What is off with how ranks were started, for `motet doctor`.
enum RankAdvice {
  /// What one rank sees.
  struct View {
    let host: String
    /// The cores that it may run on.
    let cores: Set<Int>
    /// Its spectra's hash.
    let spectra: String
    /// Milliseconds since 1970, all ranks asked at once.
    let clock: Int64
  }

  /// Clocks that differ by more mislead whoever compares times of files, in milliseconds.
  private static let mostSpread: Int64 = 2000

  /// One line for whatever is off, each with its mend.
  static func lines(_ ranks: [View]) -> [String] {
    var lines: [String] = []
    for (host, own) in Dictionary(grouping: ranks.indices, by: { ranks[$0].host })
      .sorted(by: { $0.key < $1.key })
    {
      let groups = Dictionary(grouping: own) { ranks[$0].cores.sorted() }
      for (cores, sharing) in groups.sorted(by: { $0.value[0] < $1.value[0] })
      // Rank 0 sleeps while others work.
      where sharing.count > max(1, cores.count) + (sharing.contains(0) ? 1 : 0) {
        lines.append(
          "\(host): \(counted(sharing.count, "rank")) may run on the same "
            + "\(counted(cores.count, "core")) alone and wait for one another; start fewer, or bind "
            + "them apart (mpirun --bind-to core, srun --cpu-bind=cores)")
      }
    }
    let clocks = ranks.map(\.clock)
    if let first = clocks.min(), let last = clocks.max(), last - first > mostSpread {
      lines.append(
        "the nodes' clocks differ by \(String(format: "%.1f", Double(last - first) / 1000)) s: times "
          + "of files mislead; have them set by NTP")
    }
    if Set(ranks.map(\.spectra)).count > 1 {
      lines.append(
        "ranks make different spectra: their FFTW takes other code, and models of sounds may differ "
          + "in the last bits between nodes; use nodes of one kind")
    }
    return lines
  }
}
