import Catalogues
import Foundation

/// A piece of work of an evaluation or the monitor: how long it takes one core, and who shares it.
struct WorkItem: Equatable {
  enum Sharing: Hashable {
    /// All ranks, in equal parts.
    case ranks
    /// Ranks take whole ones of so many pieces of each batch.
    case pieces(Int)
    /// Rank 0, on all its threads.
    case root
    /// One thread of rank 0.
    case alone
  }

  let title: String
  /// What `seconds` is the product of.
  let arithmetic: String
  let seconds: Double
  let sharing: Sharing

  /// The divisor of `seconds` on so many ranks.
  /// - Parameter speed: of a rank's threads.
  static func speed(_ sharing: Sharing, ranks: Int, speed: Double) -> Double {
    switch sharing {
    case .ranks: Double(ranks) * speed
    case .pieces(let pieces): Double(pieces) / Double((pieces + ranks - 1) / ranks) * speed
    case .root: speed
    case .alone: 1
    }
  }

  /// "/ 10 (all ranks)".
  static func divisor(_ sharing: Sharing, ranks: Int, speed: Double) -> String {
    let threads = speed == 1 ? "" : " / \(number(speed))"
    switch sharing {
    case .ranks: return " / \(ranks)\(threads) (all ranks)"
    case .pieces(let pieces):
      let turns = (pieces + ranks - 1) / ranks
      return
        " × \(turns) / \(pieces)\(threads) (pieces, in \(counted(turns, "turn")))"
    case .root: return "\(threads) (rank 0)"
    case .alone: return " (rank 0, one thread)"
    }
  }
}

extension [WorkItem] {
  var seconds: Double { reduce(0) { $0 + $1.seconds } }

  func wall(ranks: Int, speed: Double) -> Double {
    reduce(0) { $0 + $1.seconds / WorkItem.speed($1.sharing, ranks: ranks, speed: speed) }
  }

  /// The sum of quotients that `wall` is.
  func wallArithmetic(ranks: Int, speed: Double) -> String {
    let order: [WorkItem.Sharing] = reduce(into: []) {
      if !$0.contains($1.sharing) { $0.append($1.sharing) }
    }
    return order.map { sharing in
      let sum = filter { $0.sharing == sharing }.seconds
      return number(sum) + WorkItem.divisor(sharing, ranks: ranks, speed: speed)
    }.joined(separator: " + ")
  }
}
