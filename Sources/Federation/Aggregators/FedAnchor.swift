import Catalogues
import Methods
import Tensors
import Training

/// FedAnchor (Qiu et al., 2024, arXiv 2402.10191), the server's half of it. The server has the
/// labels of a share of the training samples, the anchors. Before the first round, and after each
/// on the clients' mean, it trains the model on them and puts the mean directions of each class's
/// projections into it, by which clients label their samples (`Methods.FedAnchor`).
///
/// Clients do not learn which of their samples the server has; those stay among theirs, without a
/// label. Networks are averaged by samples.
public struct FedAnchor: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// Whose samples have labels; clients have no others.
    public var modality = "image"
    /// The share of the training samples, of each class.
    public var labels = 0.01
    public var labelsSeed: UInt64 = 1
    /// Passes over them, after each round and before the first.
    public var epochs = 5
    public var batch = 64
    public var rate = 0.03

    private enum CodingKeys: String, CodingKey {
      case modality, labels
      case labelsSeed = "labels_seed"
      case epochs, batch, rate
    }
  }

  public static let name = "fedanchor"
  public static let summary = "FedAnchor: a server that trains on labelled samples of its own"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "modality": "that of the samples; clients may have no other",
    "labels": "share of the training samples whose labels the server sees, of each class",
    "labels_seed": "of which samples these are",
    "epochs": "the server's passes over them, before the first round and after each",
    "batch": "samples of a step there",
    "rate": "the learning rate there, without a schedule",
  ]

  private let options: Options

  public init(_ options: Options) throws {
    try ConfigurationError.share("labels", options.labels, isSome: true)
    try ConfigurationError.check("epochs", options.epochs, in: 1...100_000)
    try ConfigurationError.check("batch", options.batch, in: 2...65_536)
    try ConfigurationError.positive("rate", options.rate)
    self.options = options
  }

  public var serverTraining: ServerTraining? {
    ServerTraining(
      modality: options.modality, labels: options.labels, seed: options.labelsSeed,
      epochs: options.epochs,
      batch: options.batch, rate: options.rate)
  }

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) throws -> Channels {
    try ConfigurationError.require(
      model.entry(Methods.FedAnchor.anchors) != nil, "",
      "fedanchor is half of an algorithm whose other half is a method; take "
        + "method.name: fedanchor")
    return Channels()
  }

  public func check(modalities: [String]) throws {
    guard modalities.contains(options.modality) else {
      throw ConfigurationError(
        "modality", unknown("modality", options.modality, among: modalities))
    }
  }

  public func prepare(_ global: ParameterVector, _ server: any ServerTrainer) throws {
    try train(global, server, round: 0)
  }

  public func finish(_ round: ServerRound) throws {
    round.takeMean()
    guard let server = round.server else { preconditionFailure("no labelled samples") }
    try train(round.global, server, round: round.round)
  }

  private func train(_ model: ParameterVector, _ server: any ServerTrainer, round: Int) throws {
    guard let entry = model.layout.entry(Methods.FedAnchor.anchors) else { return }
    let (rows, labels): ([Float], [Int32])
    do {
      try server.train(model, round: round)
      (rows, labels) = try server.project(model)
    } catch { throw ServerError(round: round, underlying: error) }
    let means = Self.meanDirections(
      of: rows, labels, classes: entry.shape[0], columns: entry.shape[1])
    _ = model[entry.range].update(fromContentsOf: means)
  }

  /// Of each class's rows, over their lengths; zeros of a class without any. A row of zeros has
  /// no direction and counts as it is.
  static func meanDirections(
    of rows: [Float], _ labels: [Int32], classes: Int, columns: Int
  ) -> [Float] {
    var sums = [Double](repeating: 0, count: classes * columns)
    var counts = [Int](repeating: 0, count: classes)
    for (row, label) in labels.enumerated() {
      let values = rows[row * columns..<(row + 1) * columns]
      let length = max(
        values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot(), 1e-12)
      for (column, value) in values.enumerated() {
        sums[Int(label) * columns + column] += Double(value) / length
      }
      counts[Int(label)] += 1
    }
    return sums.enumerated().map { Float($1 / Double(max(1, counts[$0 / columns]))) }
  }
}
