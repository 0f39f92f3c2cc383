import Catalogues
import Datasets
import HDF5
import Layers
import MessagePassing
import Tensors
import TestSupport
import Testing
import Views

@testable import Jobs

@Suite struct KNNMonitorTests {
  private static let colours: [[UInt8]] = [[220, 20, 20], [20, 220, 20], [20, 20, 220]]
  private let folder = TemporaryFolder()

  /// Images of one colour each, by split; a class is a colour, or what a split calls it.
  private func writeStore(
    _ splits: [(name: String, colours: [Int], labels: [Int])]
  ) throws -> String {
    let path = folder.path("colours.h5")
    try HDF5File.save(path) { file in
      let writer = try SampleStoreWriter(file) { try modalities.make($0) }
      try writer.setClasses(["a", "b", "c"], of: "image")
      for split in splits {
        for (colour, label) in zip(split.colours, split.labels) {
          let picture = (0..<64).flatMap { _ in Self.colours[colour] }
          try writer.add(
            .dense(picture, shape: [8, 8, 3]), label: label, modality: "image", split: split.name)
        }
      }
      try writer.finish()
    }
    return path
  }

  private func monitor(
    _ settings: [String] = [], isStopped: @escaping () -> Bool = { false }
  ) throws -> (KNNMonitor, ParameterVector) {
    let job = try Job.load(
      folder.write(
        "job.yaml",
        """
        data: { image: colours.h5 }
        encoder: { name: vit, input: 16, patch: 8, width: 64, depth: 1, heads: 2, mlp: 64 }
        monitor: { every: 1, knn: { k: 4 } }
        """), settings: settings)
    let engine = try job.makeEngine()
    let store = try SampleStore.open(folder.path("colours.h5"))
    let maker = try job.makeModality("image").makeViews(
      shape: job.viewShape(of: "image"), statistics: store.statistics("image"),
      kernels: engine.kernels)
    let model = ParameterVector(job.model.layout)
    job.model.initialise(model, seed: 1)
    return (
      try KNNMonitor(
        job, views: [ModalityViews(modality: "image", makers: [maker])], engine,
        isStopped: isStopped),
      model
    )
  }

  private func accuracy(_ settings: [String] = []) throws -> Double {
    let (monitor, model) = try monitor(settings)
    let figures = try #require(try monitor.measure(model, on: Communicator()))
    #expect(figures.map(\.data) == ["colours"] && figures.map(\.modality) == ["image"])
    return figures[0].accuracy
  }

  private let bank = ("train", (0..<12).map { $0 % 3 }, (0..<12).map { $0 % 3 })

  /// The bank is the training split, the queries the test split, each with labels of its own.
  @Test(arguments: ["encoder", "projection"])
  func measuresTheTestSplitByTheTrainingSplit(features: String) throws {
    _ = try writeStore([bank, ("test", [0, 1, 2, 0], [0, 1, 2, 1])])
    #expect(try accuracy(["monitor.features=\(features)"]) == 0.75)
  }

  /// With fewer rows than there are, those that the job's seed draws, of either split.
  @Test func measuresSoManyAsAsked() throws {
    _ = try writeStore([bank, ("test", [0, 1, 2, 0], [0, 1, 2, 1])])
    let one = try (1...30).map { try accuracy(["monitor.knn.queries=1", "seed=\($0)"]) }
    #expect(Set(one) == [0, 1])
    // Of a bank of one sample, every query has that one's class.
    #expect(try [0.25, 0.5].contains(accuracy(["monitor.knn.bank=1"])))
  }

  /// Storage that loses what was written gives other samples.
  @Test func samplesThatChangedAreNotMeasured() throws {
    let path = try writeStore([bank, ("test", [0, 1, 2, 0], [0, 1, 2, 1])])
    let file = try HDF5File.open(path, writable: true)
    try [UInt8](repeating: 0, count: 192).withUnsafeBufferPointer {
      try file.write("/test/image/pixels", rows: 2..<3, from: $0)
    }
    let (monitor, model) = try monitor()
    #expect(
      message { _ = try monitor.measure(model, on: Communicator()) }?.hasPrefix(
        "\(path): /test/image: its SHA-256 is not the one") == true)
  }

  /// Rank 0 is planned to hold the features of one modality, and each query's candidates.
  @Test func memoryIsPlanned() throws {
    _ = try writeStore([bank, ("test", [0, 1, 2, 0], [0, 1, 2, 1])])
    func bytes(_ settings: [String]) throws -> Int {
      let text =
        "data: { image: colours.h5 }\n"
        + "encoder: { name: vit, input: 16, patch: 8, width: 64, depth: 1, heads: 2, mlp: 64 }\n"
      return try Job.load(folder.write("plan.yaml", text), settings: settings)
        .monitorBytes(threads: 2)
    }
    let features = 2 * (12 + 4) * 64 * 4
    #expect(try bytes(["monitor.knn.k=4"]) == features + 4 * (2 * 4 + 1) * 16)
    #expect(try bytes(["monitor.knn.k=100000"]) == features + 4 * (2 * 12 + 1) * 16)
    #expect(try bytes(["monitor.every=0"]) == 0)
  }

  @Test func aMeasurementIsGivenUp() throws {
    _ = try writeStore([bank, ("test", [0, 1, 2, 0], [0, 1, 2, 1])])
    for asked in 1...3 {
      var times = 0
      let (monitor, model) = try monitor {
        times += 1
        return times >= asked
      }
      #expect(throws: WorkStopped.self) { try monitor.measure(model, on: Communicator()) }
    }
  }

  @Test func aMissingSplitIsNamed() throws {
    let path = try writeStore([bank])
    let error = #expect(throws: StoreError.self) { _ = try monitor() }
    #expect(
      error.map { "\($0)" }
        == "\(path): has no image in split 'test' for the monitor; set monitor.every=0")
  }
}
