/// Sees to it that samples are those that were imported before something is made of them; each
/// group of a store once. All of it is read for that.
public final class StoreVerification {
  private var seen: Set<[String]> = []

  public init() {}

  /// Throws where the samples of one modality in one split are not what was written.
  /// - Parameter pause: called now and then while samples are read; what it throws ends that.
  public func verify(
    _ store: SampleStore, _ modality: String, split: String, between pause: () throws -> Void
  ) throws {
    guard !seen.contains([store.path, modality, split]) else { return }
    try store.verify(modality, split: split, between: pause)
    seen.insert([store.path, modality, split])
  }
}
