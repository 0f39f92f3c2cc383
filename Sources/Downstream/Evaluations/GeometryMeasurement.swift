import Catalogues
import Evaluation
import Machines

/// A geometry whose files are open: all ranks embed, and rank 0 computes.
final class GeometryMeasurement: PreparedEvaluation {
  private let context: EvaluationContext
  private let task: GeometryEvaluation
  private let splits: [EvaluatedSplit]
  private let arePaired: Bool
  private let other: (run: EvaluatedRun, splits: [EvaluatedSplit])?
  private let dimension: Int
  private var outcome: EvaluationOutcome

  /// - Parameters:
  ///   - splits: of each modality.
  ///   - arePaired: whether the i-th samples of all modalities belong together.
  ///   - other: the run to compare with, and the modalities that it knows.
  init(
    _ context: EvaluationContext, _ task: GeometryEvaluation, _ splits: [EvaluatedSplit],
    arePaired: Bool, other: (run: EvaluatedRun, splits: [EvaluatedSplit])?
  ) {
    self.context = context
    self.task = task
    self.splits = splits
    self.arePaired = arePaired
    self.other = other
    dimension = task.own.features.dimension(of: context.run.job.encoder)
    outcome = EvaluationOutcome(ofModalities: splits)
  }

  var data: String {
    get throws {
      try (splits + (other?.splits ?? [])).map { try $0.digest }.joined(separator: " ")
    }
  }

  func measure(_ state: ClassifierState) throws -> EvaluationOutcome? {
    let features = try splits.map {
      try context.features.of($0, run: context.run, output: task.own.features)
    }
    var moments: [FeatureMoments] = []
    try onRoot { pause in
      moments = try zip(splits, features).map { split, features in
        let own = try FeatureMoments(features, dimension: dimension, pause: pause)
        try FeaturesAlikeError.check(own, split.modality)
        return own
      }
      try separate(features, pause)
      let unit = features.map { UnitFeatures($0, dimension: dimension) }
      subspaces(moments, unit)
      ranks(moments)
      try uniformities(unit, pause)
      if arePaired { try pairs(features, moments, unit, pause) }
    }
    if task.own.alignment { for split in splits { try align(split) } }
    try compare(features, moments)
    return context.communicator.rank == 0 ? outcome : nil
  }

  private func onRoot(_ body: (_ pause: () throws -> Void) throws -> Void) throws {
    func isStopped() -> Bool { StopSignal.isReceived }
    try context.communicator.workOnRoot(isStopped: isStopped, body)
  }

  /// Each two of them, by their places.
  private var twos: [(Int, Int)] {
    splits.indices.flatMap { first in
      (first + 1..<splits.count).map { (first, $0) }
    }
  }

  private func name(_ two: (Int, Int)) -> String {
    "\(splits[two.0].modality)_\(splits[two.1].modality)"
  }

  private func count(_ two: (Int, Int)) -> Int {
    splits[two.0].rows.count + splits[two.1].rows.count
  }

  private func separate(_ features: [[Float]], _ pause: () throws -> Void) throws {
    let seed = task.samples.seed
    let predicted = try task.separability.predictions(
      features, names: splits.map(\.modality), dimension: dimension,
      isFirst: splits.indices.map {
        Separability.firstHalf(of: splits[$0].rows.count, seed: seed, stream: $0)
      }, pause: pause)
    outcome.addBalancedAccuracy("separability", predicted.flatMap { $0 })
  }

  private func subspaces(_ moments: [FeatureMoments], _ unit: [UnitFeatures]) {
    let directions = moments.map { PrincipalDirections($0, most: task.own.directions) }
    for (split, own) in zip(splits, directions) {
      outcome.add(list: "variances_\(split.modality)", own.variances)
    }
    for two in twos {
      let (a, b) = two
      func add(_ figure: String, _ value: Double) {
        outcome.add("\(figure)_\(name(two))", value, count: count(two))
      }
      add("gap", unit[a].gap(to: unit[b]))
      add("gap_relative", moments[a].relativeGap(to: moments[b]))
      let angles = directions[a].angles(to: directions[b])
      add("angle_mean", angles.reduce(0, +) / Double(angles.count))
      add("angle_least", angles[0])
      outcome.add(list: "angles_\(name(two))", angles)
    }
  }

  private func ranks(_ moments: [FeatureMoments]) {
    for (split, own) in zip(splits, moments) {
      outcome.add("rank_\(split.modality)", EffectiveRank([own]).value, count: own.count)
    }
    outcome.add(
      "rank_all", EffectiveRank(moments).value, count: moments.reduce(0) { $0 + $1.count })
  }

  private func uniformities(_ unit: [UnitFeatures], _ pause: () throws -> Void) throws {
    for (split, own) in zip(splits, unit) {
      outcome.add(
        "uniformity_\(split.modality)", try own.uniformity(pause: pause), count: own.count)
    }
    for two in twos {
      outcome.add(
        "uniformity_\(name(two))", try unit[two.0].uniformity(with: unit[two.1], pause: pause),
        count: count(two))
    }
  }

  /// What can be said of samples that belong together alone.
  private func pairs(
    _ features: [[Float]], _ moments: [FeatureMoments], _ unit: [UnitFeatures],
    _ pause: () throws -> Void
  ) throws {
    for two in twos {
      let (a, b) = two
      outcome.addMean("alignment_\(name(two))", of: unit[a].squaredDistances(to: unit[b]))
      outcome.add(
        "cka_\(name(two))",
        try LinearCKA.between(features[a], moments[a], features[b], moments[b], pause: pause),
        count: moments[a].count)
    }
  }

  /// Two training views of each sample are its positive pair. A collective.
  private func align(_ split: EvaluatedSplit) throws {
    let views = try (0..<2).map {
      try context.features.of(
        split, run: context.run, output: task.own.features,
        view: .init(seed: task.samples.seed, index: $0))
    }
    try onRoot { _ in
      let unit = views.map { UnitFeatures($0, dimension: dimension) }
      outcome.addMean("alignment_\(split.modality)", of: unit[0].squaredDistances(to: unit[1]))
    }
  }

  /// With another model's features of the same samples. A collective.
  private func compare(_ features: [[Float]], _ moments: [FeatureMoments]) throws {
    guard let other else { return }
    let output = task.own.features
    let dimension = output.dimension(of: other.run.job.encoder)
    for (own, split) in splits.enumerated() {
      guard let split = other.splits.first(where: { $0.modality == split.modality }) else {
        continue
      }
      let theirs = try context.features.of(split, run: other.run, output: output)
      try onRoot { pause in
        let moment = try FeatureMoments(theirs, dimension: dimension, pause: pause)
        try FeaturesAlikeError.check(moment, "\(split.modality) after \(other.run.path)")
        outcome.add(
          "cka_with_\(split.modality)",
          try LinearCKA.between(features[own], moments[own], theirs, moment, pause: pause),
          count: moment.count)
      }
    }
  }
}
