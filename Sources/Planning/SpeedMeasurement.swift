import Datasets
import Encoders
import Evaluation
import Jobs
import Layers
import LinearAlgebra
import Machines
import MessagePassing
import Methods
import Tensors
import Training
import Views

/// Measures what a plan needs on this machine: on one core, or on two where the case has two
/// threads.
struct SpeedMeasurement {
  private let engine: Engine
  private let optimizer: any Optimizer

  /// - Parameter optimizer: of the steps.
  init(optimizer: any Optimizer) throws {
    engine = try Engine(lanes: try Engine.lanesFromEnvironment())
    self.optimizer = optimizer
  }

  var instructionSet: String { "\(engine.instructionSet), \(engine.lanes) lanes" }

  /// Seconds of one.
  func measure(_ item: SpeedCase) throws -> Double {
    switch item {
    case .step(let step, let batch, let threads): try measure(step, batch: batch, threads)
    case .view(let view):
      try ViewTimer(
        view.modality.tree, sample: view.sample, shape: view.shape, kernels: engine.kernels
      ).run(views: 300).training
    case .embedding(let encoder, let view): try measure(encoder, view)
    case .tuning(let encoder, let samples): try measure(tuning: encoder, samples)
    case .probe(let dimension, let classes, let batch, let optimizer):
      try measure(probe: dimension, classes: classes, batch: batch, optimizer)
    case .neighbour(let dimension): measure(neighbour: dimension)
    case .product: try measureProduct()
    }
  }

  /// The median of steps after the first: of at least two, and of some seconds.
  private func measure(_ step: SpeedCase.StepCase, batch: Int, _ threads: Int) throws -> Double {
    let timer = StepTimer(
      try Model(encoders.make(step.encoder.tree), makeMethod(step.method.tree)),
      modalities: [step.modality], optimizer: optimizer, batch: batch,
      settings: .init(joined: step.areViewsJoined, recompute: step.recomputes),
      try Engine(lanes: engine.lanes, threads: threads))
    _ = timer.run()
    var times: [Double] = []
    while times.count < 2 || (times.reduce(0, +) < 3 && times.count < 20) {
      times.append(timer.run())
    }
    return median(times)
  }

  private func measure(_ encoder: SpeedCase.Settings, _ view: SpeedCase.ViewCase) throws -> Double {
    let network = try encoders.make(encoder.tree)
    let parameters = ParameterVector(network.layout)
    network.initialise(parameters, seed: 1)
    let maker = try modalities.make(view.modality.tree).makeViews(
      shape: view.shape, statistics: ViewTimer.statistics, kernels: engine.kernels)
    let count = 64
    let samples = try noiseSamples(view, count: count)
    let embedder = Embedder(encoder: network, engine)
    let times = (0..<3).map { _ in seconds { _ = embedder.embed(samples, [maker], parameters) } }
    return median(Array(times.dropFirst())) / Double(count)
  }

  private func noiseSamples(_ view: SpeedCase.ViewCase, count: Int) throws -> SampleSet {
    let name = view.modality.tree["name"]?.text ?? ""
    let form = type(of: try modalities.make(name)).form
    let bytes = noise(form, view.sample)
    let isDense = form.layout == .dense
    return SampleSet(
      modality: name, form: form, labels: [Int32](repeating: 0, count: count),
      shape: isDense ? view.sample : [], bytes: (0..<count).flatMap { _ in bytes },
      offsets: isDense ? [] : (0...count).map { Int64($0 * view.sample[0]) })
  }

  private func measure(tuning encoder: SpeedCase.Settings, _ count: Int) throws -> Double {
    let classes = 100
    let classifier = try makeClassifier(encoder.tree, classes: classes)
    let parameters = ParameterVector(classifier.layout)
    classifier.initialise(parameters, seed: 1)
    var options = SupervisedOptions()
    options.epochs = 1
    options.batch = count
    let tuning = try FineTuning(
      classifier: classifier, samples: [NoiseSamples(count: 4 * count, classes: classes)],
      options: options, pieces: 1, parameters: parameters, Communicator(), engine)
    var ends: [Double] = []
    let clock = ContinuousClock()
    let start = clock.now
    try tuning.run { _ in ends.append(start.duration(to: clock.now) / .seconds(1)) }
    return median(zip(ends, ends.dropFirst()).map { $1 - $0 })
  }

  private func measure(
    probe dimension: Int, classes: Int, batch: Int, _ optimizer: SpeedCase.Settings
  ) throws -> Double {
    var options = SupervisedOptions()
    options.batch = batch
    options.optimizer = optimizer.tree
    let probe = try LinearProbe(dimension: dimension, classes: classes, options: options, engine)
    let steps = 20
    let part = LinearProbe.Part(
      modality: "image", features: noiseFeatures(steps * batch * dimension, stream: 0),
      labels: (0..<steps * batch).map { Int32($0 % classes) })
    _ = try probe.train([part], epoch: 0)
    return try seconds { _ = try probe.train([part], epoch: 1) } / Double(steps)
  }

  private func measure(neighbour dimension: Int) -> Double {
    let (bank, queries) = (16_384, 512)
    let features = noiseFeatures(bank * dimension, stream: 0)
    let asked = noiseFeatures(queries * dimension, stream: 1)
    let labels = (0..<bank).map { Int32($0 % 10) }
    let times = (0..<3).map { _ in
      seconds {
        _ = KNN(k: 200).predict(
          bank: features, labels: labels, queries: asked, dimension: dimension, classes: 10, engine)
      }
    }
    return median(times) / Double(bank * queries)
  }

  /// Of the shape that a linear classifier's have: many rows, few classes.
  private func measureProduct() throws -> Double {
    try OpenBLAS.require()
    let (rows, inner, columns) = (1024, 512, 10)
    let features = noiseFeatures(rows * inner, stream: 0).map { Double($0) }
    let a = DenseMatrix(rows: rows, columns: inner, features)
    let b = DenseMatrix(rows: inner, columns: columns, Array(features.prefix(inner * columns)))
    var c = DenseMatrix(rows: rows, columns: columns)
    let times = (0..<9).map { _ in seconds { c.add(productOf: a, b) } }
    return median(Array(times.dropFirst())) / Double(rows * inner * columns)
  }

  private func noiseFeatures(_ count: Int, stream: Int) -> [Float] {
    var random = RandomStream(seed: 1, purpose: .synthesis, client: stream)
    return (0..<count).map { _ in random.uniform() - 0.5 }
  }
}

extension SpeedCase.ViewCase {
  var shape: ViewShape { ViewShape(side: side, channels: channels) }
}

/// Labelled samples whose views are noise and cost nothing.
private final class NoiseSamples: LabelledSamples {
  let modality = "image"
  let labels: [Int32]

  init(count: Int, classes: Int) { labels = (0..<count).map { Int32($0 % classes) } }

  func draw(_ samples: [Int], epoch: Int, into views: FeatureMap, _ engine: Engine) throws {
    let floats = views.buffer.floats
    for i in floats.indices { floats[i] = Float(i % 255) / 127 - 1 }
  }
}
