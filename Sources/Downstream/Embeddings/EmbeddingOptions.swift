import Catalogues
import Evaluation
import Foundation
import Jobs

/// Which features of a run are to be written.
public struct EmbeddingOptions: Sendable {
  /// Sample stores.
  public var data: [String]
  /// The only one, in each store; all that a store has where nil.
  public var modality: String?
  public var split: String
  /// Whose checkpoints; the newest where there is none.
  public var rounds: [Int]
  public var output: Embedder.Output
  /// Samples of each modality of each store, chosen by the job's seed; all where 0.
  public var limit: Int

  public init(
    data: [String], modality: String? = nil, split: String = "test", rounds: [Int] = [],
    output: Embedder.Output = .features, limit: Int = 0
  ) {
    self.data = data.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    self.modality = modality
    self.split = split
    self.rounds = rounds
    self.output = output
    self.limit = limit
  }

  /// All that tells a file's content from another's, but for the model and the samples themselves.
  var spec: String {
    let tree: Tree = [
      "data": .texts(data), "modality": .text(modality ?? ""), "split": .text(split),
      "features": .text(output.rawValue), "limit": .whole(limit),
    ]
    return tree.json
  }
}
