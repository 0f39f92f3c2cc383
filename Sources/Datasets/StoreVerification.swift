/// Sees to it that samples are those that were imported before something is made of them; each
/// group of a store once. All of it is read for that.
public final class StoreVerification {
  private var seen: Set<[String]> = []
  private let pause: () throws -> Void

  /// - Parameter pause: called now and then while samples are read; what it throws ends that.
  public init(between pause: @escaping () throws -> Void) { self.pause = pause }

  /// Throws where the samples of one modality in one split are not what was written.
  public func verify(_ store: SampleStore, _ modality: String, split: String) throws {
    guard !seen.contains([store.path, modality, split]) else { return }
    try store.verify(modality, split: split, between: pause)
    seen.insert([store.path, modality, split])
  }
}
