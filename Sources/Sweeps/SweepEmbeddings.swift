import Catalogues
import Downstream
import Evaluation
import Foundation
import Views

/// Which features of a sweep's runs are written after their evaluations, as `motet embed` does.
///
/// ```yaml
/// embeddings: { data: [a.h5, b.h5], split: test, rounds: [10, 100], features: encoder, limit: 500
/// }
/// ```
public struct SweepEmbeddings {
  private struct Options: Codable {
    /// Sample stores.
    var data: [String] = []
    /// The only one of each store; all that it has where empty.
    var modality = ""
    var split = "test"
    /// The last where empty.
    var rounds: [Int] = []
    var features = Embedder.Output.features
    /// Samples of each modality of each store; all where 0.
    var limit = 0
  }

  private let options: EmbeddingOptions

  /// Throws `ConfigurationError` inside `embeddings`, also where a cell's job will not keep the
  /// checkpoint of a round.
  init(_ given: Tree, _ cells: [SweepCell], absolute: (String) -> String) throws {
    guard given.mapping != nil else {
      throw ConfigurationError("", "expected a mapping as in { data: [STORE], rounds: [10, 20] }")
    }
    try ConfigurationError.require(
      given["data"].map { $0.texts != nil } ?? true, "data", "expected a list of sample stores")
    try ConfigurationError.require(
      given["rounds"].map { $0.list?.allSatisfy { $0.whole != nil } ?? false } ?? true, "rounds",
      "expected a list of rounds")
    let own = try overlay(given, on: Options())
    try ConfigurationError.require(!own.data.isEmpty, "data", "missing; give sample stores")
    if !own.modality.isEmpty { try modalities.require(own.modality, at: "modality") }
    try ConfigurationError.require(
      own.limit >= (given["limit"] == nil ? 0 : 1), "limit", "\(own.limit) is below 1")
    try ConfigurationError.require(
      Set(own.rounds).count == own.rounds.count, "rounds", "\(own.rounds) has a round twice")
    options = EmbeddingOptions(
      data: own.data.map(absolute), modality: own.modality.isEmpty ? nil : own.modality,
      split: own.split, rounds: own.rounds, output: own.features, limit: own.limit)
    for cell in cells {
      for round in own.rounds { try cell.requireCheckpoint(of: round, at: "rounds") }
    }
  }

  /// What is written of a cell's run.
  public func options(of cell: SweepCell) -> EmbeddingOptions {
    var own = options
    if own.rounds.isEmpty { own.rounds = [cell.job.federation.rounds] }
    return own
  }

  /// Throws where a store is missing or has not what is asked for.
  func check() throws { _ = try options.stores() }

  /// Whether all files are there and are of these samples.
  func isDone(_ cell: SweepCell) -> Bool {
    let own = options(of: cell)
    return own.rounds.allSatisfy { EmbeddingFile.isThere(in: cell.folder, round: $0, own) }
  }
}

extension EmbeddingOptions {
  /// The arguments of `motet embed`.
  var arguments: [String] {
    var words = ["--split", split, "--features", output.rawValue]
    for path in data { words += ["--data", path] }
    for round in rounds { words += ["--round", "\(round)"] }
    if let modality { words += ["--modality", modality] }
    if limit > 0 { words += ["--limit", "\(limit)"] }
    return words
  }
}
