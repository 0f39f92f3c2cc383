import Catalogues
import Datasets

/// What shards hold, in lines for a person.
public func describe(_ shards: ShardReader) throws -> [String] {
  var lines = [
    "\(shards.path): \(counted(shards.clientCount, "client")), seed \(shards.plan["seed"] ?? "")"
  ]
  for modality in shards.modalities {
    let all = try shards.counts(modality)
    let holders = shards.holders[modality]
    let counts = holders.map { $0.map { all[$0] } } ?? all
    lines.append(
      "\(modality): \(counted(counts.reduce(0) { $0 + $1.reduce(0, +) }, "sample")) by \(shards.cut(modality))"
    )
    if let holders {
      let unused = try shards.unused(modality)
      lines.append(
        "  \(holders.count) of \(counted(shards.clientCount, "client")) \(holders.count == 1 ? "has" : "have") the modality"
          + (unused > 0 ? "; \(counted(unused, "sample", ("is", "are"))) unused" : ""))
    }
    guard !counts.isEmpty else { continue }
    let totals = counts.map { $0.reduce(0, +) }.sorted()
    let classes = counts.map { row in row.count { $0 > 0 } }
    let mean = Double(classes.reduce(0, +)) / Double(classes.count)
    let empty = totals.count { $0 == 0 }
    lines.append(
      "  a client has \(totals[0]) to \(totals[totals.count - 1]), median "
        + "\(totals[totals.count / 2]), of \(fixed(mean, 1)) classes on average"
        + (empty > 0 ? "; \(counted(empty, "client", ("has", "have"))) none" : ""))
    let moved = shards.partitions[modality]!.moved
    if moved > 0 {
      lines.append("  \(counted(moved, "sample", ("was", "were"))) moved to honour the minimum")
    }
  }
  lines.append("fingerprint: \(shards.fingerprint)")
  return lines
}
