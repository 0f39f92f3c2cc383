import Catalogues
import Training

extension Job {
  /// What clients of few samples come to, in words: a line for each modality of which some train
  /// nothing, or in batches so small that BatchNorm's statistics are rough, and one where nobody
  /// trains at all. None where there are no such clients.
  /// - Parameter count: samples of a modality that a client has.
  public func warningsOfSmallClients(
    _ count: (_ client: Int, _ modality: String) -> Int
  ) -> [String] {
    let mend = "clients.minimum gives each client more"
    var trains = false
    let warnings = modalityNames.flatMap { modality -> [String] in
      let counts = (0..<clients.count).map { count($0, modality) }.filter { $0 > 0 }
      let idle = counts.count { EpochPlan.used(of: $0, training) == 0 }
      let rough = counts.count {
        EpochPlan.used(of: $0, training) > 0 && $0 < min(EpochPlan.smallestRest, training.batch)
      }
      trains = trains || idle < counts.count
      func those(_ number: Int) -> String {
        "\(number) of \(counted(clients.count, "client")) \(number == 1 ? "has" : "have")"
      }
      return [
        idle > 0
          ? "\(those(idle)) \(modality) samples too few for a batch (\(smallestBatch)) and "
            + "\(idle == 1 ? "trains" : "train") none of them; \(mend)" : nil,
        rough > 0
          ? "\(those(rough)) \(modality) batches of fewer than \(EpochPlan.smallestRest) samples, "
            + "of which BatchNorm's statistics are rough; \(mend)" : nil,
      ].compactMap { $0 }
    }
    return warnings + (trains ? [] : ["no client has samples enough for a batch: \(idleMend)"])
  }

  /// What a run of this job comes to in which nobody trained a step.
  func warningOfIdleRun(rounds: Int) -> String {
    "nobody trained a step in \(counted(rounds, "round")), and the model is the one that the run "
      + "began with: \(idleMend)"
  }

  private var idleMend: String {
    "lower training.smallest_batch or clients.count, or raise clients.minimum (\(smallestBatch))"
  }

  /// What a batch needs, as the job says it.
  private var smallestBatch: String {
    "training.smallest_batch \(training.smallestBatch), last_batch \(training.lastBatch.rawValue)"
  }
}
