import Datasets
import Evaluation
import Jobs

/// What an evaluation computes, counted from its options and its data before anything is: for
/// plans.
public struct EvaluationWorkload: Sendable {
  /// Samples of one modality.
  public struct Samples: Hashable, Sendable {
    /// The store's path.
    public let data: String
    public let modality: String
    public let split: String
    /// Whether they are those in pairs, and not all of the split.
    public let arePaired: Bool
    public let count: Int
  }

  /// Samples through a pretrained encoder. The evaluations of one command share equal ones.
  public struct Embedding: Hashable, Sendable {
    /// What is embedded of a sample, and by which encoder.
    public enum Way: Hashable, Sendable {
      case evaluationViews
      /// So many training views.
      case trainingViews(Int)
      /// Evaluation views, by another run's encoder.
      case otherModel
    }

    public let samples: Samples
    public let output: Embedder.Output
    public var way = Way.evaluationViews
  }

  /// A bank's nearest to each query, on rank 0.
  public struct Neighbours: Equatable, Sendable {
    public let queries: Int
    public let bank: Int
    /// How many features stand side by side: 2 of joined pairs.
    public let features: Int
    public let output: Embedder.Output
  }

  /// A classifier that is trained.
  public struct Classifier: Sendable {
    /// By modality; a batch has one modality.
    public let train: [Samples]
    public let test: [Samples]
    public let classes: Int
    public let options: SupervisedOptions
    /// Of the encoder, for a linear layer; nil where the whole network is trained.
    public let output: Embedder.Output?
    /// Whether a linear layer's training samples are embedded in each epoch.
    public let embedsEachEpoch: Bool
    /// Whether the training views are those of pretraining, not cropped alone.
    public let asPretraining: Bool
    /// Of a batch, for ranks to share.
    public let pieces: Int
  }

  /// A linear classifier fitted to features at once, by one thread of rank 0.
  public struct Fit: Sendable {
    public enum Way: Sendable {
      /// One system of equations for all features.
      case squares
      /// At most so many steps of descent.
      case steps(Int)
    }

    public let train: Samples
    public let classes: Int
    public let output: Embedder.Output
    public let way: Way
  }

  /// All pairs of samples, by their features, by one thread of rank 0.
  public struct Geometry: Sendable {
    /// Of all modalities.
    public let samples: Int
    public let output: Embedder.Output
  }

  /// Whose model it is of; the newest where nil.
  public var round: Int?
  public var embeddings: [Embedding] = []
  public var neighbours: [Neighbours] = []
  public var classifiers: [Classifier] = []
  public var fits: [Fit] = []
  public var geometries: [Geometry] = []
}

extension EvaluationWorkload.Samples {
  /// A split's samples that have labels. Throws where there is nothing.
  init(_ store: SampleStore, _ modality: String, split: String, _ labels: LabelOptions) throws {
    let count = try labels.share.places(store.labels(modality, split: split)).count
    guard count > 0 else { throw StoreError(store.path, "has no \(modality) in split '\(split)'") }
    self.init(
      data: store.path, modality: modality, split: split, arePaired: false, count: count)
  }
}

extension EmbeddingOptions {
  /// What it comes to, round by round. Opens the stores.
  public func workloads() throws -> [EvaluationWorkload] {
    let samples = try data.flatMap { path in
      let store = try SampleStore.open(path)
      return store.modalities(in: split).filter { modality ?? $0 == $0 }.map { name in
        EvaluationWorkload.Samples(
          data: path, modality: name, split: split, arePaired: false,
          count: Job.howMany(limit, of: store.count(name, split)))
      }
    }
    return rounds.map { round in
      var workload = EvaluationWorkload()
      workload.round = round
      workload.embeddings = samples.map { .init(samples: $0, output: output) }
      return workload
    }
  }
}

extension EvaluationWorkload {
  /// A linear layer on features.
  init(
    probe train: [Samples], _ test: [Samples], classes: Int, _ options: SupervisedOptions,
    output: Embedder.Output, augmentation: Augmentation, _ normalisation: FeatureNormalisation
  ) {
    let isFixed = augmentation == .none
    // What standardises is measured on evaluation views.
    let isEmbedded = isFixed || normalisation == .standardised
    embeddings = (isEmbedded ? train + test : test).map { Embedding(samples: $0, output: output) }
    classifiers = [
      Classifier(
        train: train, test: test, classes: classes, options: options, output: output,
        embedsEachEpoch: !isFixed, asPretraining: augmentation == .pretraining, pieces: 1)
    ]
  }

  /// A linear classifier that is fitted at once.
  init(
    fitting train: Samples, _ test: Samples, classes: Int, output: Embedder.Output, by way: Fit.Way
  ) {
    embeddings = [train, test].map { Embedding(samples: $0, output: output) }
    fits = [Fit(train: train, classes: classes, output: output, way: way)]
  }

  /// How modalities lie to one another.
  /// - Parameters:
  ///   - samples: by modality.
  ///   - views: training views that are embedded of each sample.
  ///   - isCompared: whether another model embeds them too.
  init(
    geometryOf samples: [Samples], output: Embedder.Output, views: Int, isCompared: Bool
  ) {
    let ways: [Embedding.Way] =
      [.evaluationViews] + (views > 0 ? [.trainingViews(views)] : [])
      + (isCompared ? [.otherModel] : [])
    embeddings = ways.flatMap { way in
      samples.map { Embedding(samples: $0, output: output, way: way) }
    }
    geometries = [Geometry(samples: samples.reduce(0) { $0 + $1.count }, output: output)]
  }

  /// The whole network; test samples are embedded by the classifier.
  init(
    tuning train: [Samples], _ test: [Samples], classes: Int, _ options: SupervisedOptions,
    pieces: Int, augmentation: Augmentation
  ) {
    classifiers = [
      Classifier(
        train: train, test: test, classes: classes, options: options, output: nil,
        embedsEachEpoch: false, asPretraining: augmentation == .pretraining, pieces: pieces)
    ]
  }
}
