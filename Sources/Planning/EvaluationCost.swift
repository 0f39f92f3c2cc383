import Catalogues
import Datasets
import Downstream
import Encoders
import Evaluation
import Foundation
import Jobs
import Training
import Views

/// The pieces of work of the monitor and of evaluations.
struct EvaluationCost {
  private let job: Job
  private let facts: StoreFacts
  private let speed: (SpeedCase) throws -> Double

  /// - Parameter speed: seconds of a case.
  init(_ job: Job, _ facts: StoreFacts, _ speed: @escaping (SpeedCase) throws -> Double) {
    self.job = job
    self.facts = facts
    self.speed = speed
  }

  func all(_ cell: PlannedCell) throws -> (monitor: [WorkItem], evaluations: [WorkItem]) {
    // Commands of their own, which share nothing.
    (try monitor(), try evaluations(cell.evaluations) + evaluations(cell.embeddings))
  }

  /// Of all its measurements.
  private func monitor() throws -> [WorkItem] {
    let rounds = job.federation.rounds
    let times = (0...rounds).count { job.monitor.isDue(after: $0, of: rounds) }
    guard times > 0 else { return [] }
    let options = job.monitor.knn
    return try job.modalityNames.flatMap { modality in
      let path = job.data[modality]!
      let store = try facts.store(path)
      func count(_ split: String, _ limit: Int) -> Int {
        Job.howMany(limit, of: store.count(modality, split))
      }
      let bank = count(KNNMonitor.bankSplit, options.bank)
      let queries = count(KNNMonitor.querySplit, options.queries)
      let one = try embedding(
        path, modality, job.monitor.features, samples: bank + queries,
        "\(times) times \(SampleStore.name(of: path)) \(modality) "
          + way(of: job.monitor.features), times)
      return [
        one,
        try neighbours(
          queries, bank, job.monitor.features.dimension(of: job.encoder),
          "\(times) times its neighbours", times),
      ]
    }
  }

  private func evaluations(_ workloads: [EvaluationWorkload]) throws -> [WorkItem] {
    var items: [WorkItem] = []
    var embedded: [Int?: Set<EvaluationWorkload.Embedding>] = [:]
    for workload in workloads {
      for item in workload.embeddings
      where embedded[workload.round, default: []].insert(item).inserted {
        items.append(try embedding(item))
      }
      for item in workload.neighbours {
        items.append(
          try neighbours(
            item.queries, item.bank, item.features * item.output.dimension(of: job.encoder),
            "neighbours", 1))
      }
      for item in workload.classifiers { items += try classifier(item) }
      for item in workload.fits { items.append(try fit(item)) }
      for item in workload.geometries { items.append(try geometry(item)) }
    }
    return items
  }

  private func classifier(_ workload: EvaluationWorkload.Classifier) throws -> [WorkItem] {
    let options = workload.options
    let epochs = options.epochs
    let counts = workload.train.map(\.count)
    let (steps, samples) = counts.reduce((0, 0)) {
      ($0.0 + options.steps(of: $1), $0.1 + options.used(of: $1))
    }
    if let output = workload.output {
      var items: [WorkItem] = []
      if workload.embedsEachEpoch {
        items = try workload.train.map {
          try embedding(
            $0.data, $0.modality, output, samples: $0.count,
            "\(counted(epochs, "epoch")) of \(name($0)) \(way(of: output))", epochs)
        }
      }
      let seconds = try speed(
        .probe(
          dimension: output.dimension(of: job.encoder), classes: workload.classes,
          batch: options.batch, optimizer: try .init(options.optimizer, of: optimizers)))
      items.append(
        WorkItem(
          title: "linear layer on \(name(workload.train[0]))",
          arithmetic:
            "\(counted(epochs, "epoch")) × \(counted(steps, "step")) × \(number(seconds))",
          seconds: Double(epochs * steps) * seconds, sharing: .alone))
      return items
    }
    let pieces = FineTuning.pieces(of: options.batch, workload.pieces)
    let size = FineTuning.largestPiece(of: options.batch, workload.pieces)
    let step = try speed(.tuning(encoder: try encoder(), samples: size))
    let view = try workload.train.map { part in
      let settings = try job.viewSettings(part.modality, plain: !workload.asPretraining)
      return try speed(.view(facts.view(job, settings, part.data, part.modality)))
    }
    let views = zip(view, counts).reduce(0) { $0 + $1.0 * Double(options.used(of: $1.1)) }
    let viewText = zip(view, counts).map { "\(options.used(of: $1)) × \(number($0))" }
    return [
      WorkItem(
        title: "fine-tuning on \(name(workload.train[0])), \(counted(pieces, "piece"))",
        arithmetic: "\(counted(epochs, "epoch")) × (\(samples) × \(number(step)) / \(size) + "
          + "\(viewText.joined(separator: " + ")))",
        seconds: Double(epochs) * (Double(samples) * step / Double(size) + views),
        sharing: .pieces(pieces))
    ] + (try workload.test.map { try embedding($0, .projection, of: "the classifier") })
  }

  private func fit(_ workload: EvaluationWorkload.Fit) throws -> WorkItem {
    let (count, classes) = (workload.train.count, workload.classes)
    let dimension = workload.output.dimension(of: job.encoder)
    let seconds = try speed(.product)
    let title: String
    let products: String
    let total: Double
    switch workload.way {
    case .squares:
      title = "least squares on \(name(workload.train))"
      products = "\(count) × \(dimension) × (\(dimension) / 2 + \(classes))"
      total = Double(count) * Double(dimension) * (Double(dimension) / 2 + Double(classes))
    case .steps(let steps):
      title = "logistic regression on \(name(workload.train)), at most"
      products = "\(counted(steps, "step")) × 2 × \(count) × \(dimension) × \(classes)"
      total = Double(2 * steps) * Double(count) * Double(dimension) * Double(classes)
    }
    return WorkItem(
      title: title,
      arithmetic: "\(products) × \(number(seconds))", seconds: total * seconds, sharing: .alone)
  }

  /// Half of all pairs of samples, and twice the products of each one's features.
  private func geometry(_ workload: EvaluationWorkload.Geometry) throws -> WorkItem {
    let count = workload.samples
    let dimension = workload.output.dimension(of: job.encoder)
    let seconds = try speed(.product)
    return WorkItem(
      title: "geometry of \(counted(count, "sample"))",
      arithmetic: "\(count) × (\(count) / 2 + 2 × \(dimension)) × \(dimension) × "
        + number(seconds),
      seconds: Double(count) * (Double(count) / 2 + Double(2 * dimension)) * Double(dimension)
        * seconds, sharing: .alone)
  }

  private func embedding(_ item: EvaluationWorkload.Embedding) throws -> WorkItem {
    let samples = item.samples
    switch item.way {
    case .evaluationViews: return try embedding(samples, item.output)
    case .otherModel: return try embedding(samples, item.output, of: "the other run's encoder")
    case .trainingViews(let views):
      return try embedding(
        samples.data, samples.modality, item.output, samples: samples.count,
        "\(counted(views, "training view")) of \(name(samples)) \(way(of: item.output))", views)
    }
  }

  private func embedding(
    _ samples: EvaluationWorkload.Samples, _ output: Embedder.Output,
    of network: String = "the encoder"
  ) throws -> WorkItem {
    try embedding(
      samples.data, samples.modality, output, samples: samples.count,
      "\(name(samples)) \(way(of: output, network))", 1)
  }

  private func embedding(
    _ path: String, _ modality: String, _ output: Embedder.Output, samples: Int, _ title: String,
    _ times: Int
  ) throws -> WorkItem {
    let views = try facts.view(job, try job.viewSettings(modality), path, modality)
    let seconds = try speed(
      output == .view ? .view(views) : .embedding(encoder: try encoder(), views))
    return WorkItem(
      title: title,
      arithmetic: (times > 1 ? "\(times) × " : "") + "\(samples) × \(number(seconds))",
      seconds: Double(times * samples) * seconds, sharing: .ranks)
  }

  private func way(of output: Embedder.Output, _ network: String = "the encoder") -> String {
    output == .view ? "as views" : "through \(network)"
  }

  private func neighbours(
    _ queries: Int, _ bank: Int, _ dimension: Int, _ title: String, _ times: Int
  ) throws -> WorkItem {
    let seconds = try speed(.neighbour(dimension: dimension))
    return WorkItem(
      title: "\(title) of \(queries) in a bank of \(bank)",
      arithmetic: (times > 1 ? "\(times) × " : "") + "\(queries) × \(bank) × \(number(seconds))",
      seconds: Double(times) * Double(queries) * Double(bank) * seconds, sharing: .root)
  }

  private func name(_ samples: EvaluationWorkload.Samples) -> String {
    "\(SampleStore.name(of: samples.data)) \(samples.modality) \(samples.split)"
      + (samples.arePaired ? " in pairs" : "")
  }

  private func encoder() throws -> SpeedCase.Settings {
    try .init(job.section("encoder"), of: encoders)
  }
}
