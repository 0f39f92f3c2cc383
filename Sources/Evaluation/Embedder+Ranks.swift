import Datasets
import MessagePassing
import Tensors
import Views

extension Embedder {
  /// Samples in memory at a time: bounds the memory, not the result.
  private static var batch: Int { 256 }

  /// Features of these rows of a store on rank 0, empty elsewhere: each rank embeds its part. A
  /// collective.
  /// - Parameters:
  ///   - makers: one for each thread.
  ///   - random: the stream of a row's training view; its evaluation views where there is none.
  public func embed(
    _ store: SampleStore, _ modality: String, split: String, rows: [Int],
    _ makers: [any ViewMaker], _ model: ParameterVector, _ communicator: Communicator,
    random: ((_ place: Int) -> RandomStream)? = nil
  ) throws -> [Float] {
    let begin = rows.count * communicator.rank / communicator.size
    let end = rows.count * (communicator.rank + 1) / communicator.size
    let own = try communicator.agree {
      try stride(from: begin, to: end, by: Self.batch).flatMap { start in
        let batch = Array(rows[start..<min(start + Self.batch, end)])
        let samples = try store.load(modality, split: split, indices: batch)
        guard let random else { return embed(samples, makers, model) }
        return embed(samples, makers, model) { random(start + $0) }
      }
    }
    return try communicator.gather(own)?.flatMap { $0 } ?? []
  }
}
