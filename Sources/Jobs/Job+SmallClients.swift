import Training

extension Job {
  /// What clients of few samples come to, in words: a line for each modality of which some train
  /// nothing, or in batches so small that BatchNorm's statistics are rough. None where there are no
  /// such clients.
  /// - Parameter count: samples of a modality that a client has.
  public func warningsOfSmallClients(
    _ count: (_ client: Int, _ modality: String) -> Int
  ) -> [String] {
    modalityNames.flatMap { modality -> [String] in
      let counts = (0..<clients.count).map { count($0, modality) }.filter { $0 > 0 }
      let idle = counts.count { EpochPlan.used(of: $0, training) == 0 }
      let rough = counts.count {
        EpochPlan.used(of: $0, training) > 0 && $0 < min(EpochPlan.smallestRest, training.batch)
      }
      let mend = "clients.minimum gives each client more"
      return [
        idle > 0
          ? "\(idle) of \(clients.count) clients have \(modality) samples too few for a batch "
            + "(training.smallest_batch \(training.smallestBatch), last_batch "
            + "\(training.lastBatch.rawValue)) and train none of them; \(mend)" : nil,
        rough > 0
          ? "\(rough) of \(clients.count) clients have \(modality) batches of fewer than "
            + "\(EpochPlan.smallestRest) samples, of which BatchNorm's statistics are rough; \(mend)"
          : nil,
      ].compactMap { $0 }
    }
  }
}
