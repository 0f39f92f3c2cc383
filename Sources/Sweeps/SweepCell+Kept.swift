import Catalogues

extension SweepCell {
  /// Throws, with the key that asks for a round, where the run will not keep its checkpoint. What
  /// is 0 needs none.
  func requireCheckpoint(of round: Int, at key: String) throws(ConfigurationError) {
    guard round != 0 else { return }
    let kept = Set(job.federation.keep + [job.federation.rounds])
    try ConfigurationError.require(
      kept.contains(round), key,
      "cell \(number) does not keep the checkpoint of round \(round), but of "
        + "\(kept.sorted().map(String.init).joined(separator: ", ")): those of federation.keep "
        + "and the last")
  }
}
