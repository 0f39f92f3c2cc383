import Catalogues
import Datasets
import Downstream
import Federation
import Files
import Foundation
import HDF5
import Jobs
import MessagePassing
import TestSupport
import Testing
import Views

/// A modality that Motet does not know, of Float32 in five bands, from its import to pairs: its
/// file and its line are all that it takes.
///
/// It is added to the catalogues of a process of its own, started by `ThirdModalityTests`: other
/// suites know what they list.
@Suite(.serialized, .enabled(if: isRank)) struct ThirdModality {
  private static let catalogues: Void = {
    modalities.add(.init(Bands.self) { $0 })
    importers.add(.init(BandFolder.self) { $0 })
  }()

  private let folder = TemporaryFolder()

  init() { Self.catalogues }

  /// A store of bands, and one of images with the same classes beside it.
  private func makeStores() throws {
    for (split, count) in [("train", 24), ("test", 8)] {
      for label in 0..<3 {
        for index in 0..<count {
          let random = noise(UInt64(1000 * label + index + (split == "test" ? 500 : 0)), 320)
          let values = random.enumerated().map { place, value in
            0.5 * value + (place % Bands.count == label ? 1 : 0)
          }
          try writeFile(
            folder.path("raw/\(split)/class\(label)/\(index).f32"),
            values.withUnsafeBytes { Array($0) })
        }
      }
    }
    _ = try importDataset(
      ["name": .text(BandFolder.name)], from: folder.path("raw"), to: folder.path("bands.h5"),
      policy: .init(threads: 2), modality: { try modalities.make($0) }, progress: { _, _ in })
    try writeImages("images.h5")
  }

  /// Images of the same three classes, told apart by their colour, as samples of `modality`.
  private func writeImages(_ name: String, as modality: String = "image") throws {
    try HDF5File.save(folder.path(name)) { file in
      let writer = try SampleStoreWriter(file, modality: { _ in try modalities.make("image") })
      try writer.setClasses((0..<3).map { "class\($0)" }, of: modality)
      for (split, count) in [("train", 24), ("test", 8)] {
        for label in 0..<3 {
          for index in 0..<count {
            let random = noise(UInt64(7000 * label + index + (split == "test" ? 500 : 0)), 192)
            let pixels = random.enumerated().map { place, value in
              UInt8(100 + 60 * value + (place % 3 == label ? 80 : 0))
            }
            try writer.add(
              .dense(pixels, shape: [8, 8, 3]), label: label, modality: modality, split: split)
          }
        }
      }
      try writer.finish()
    }
  }

  private func job(_ more: String = "") throws -> Job {
    try Job.load(
      folder.write(
        "job.yaml",
        """
        data: { image: images.h5, bands: bands.h5 }
        clients: { count: 4, alpha: 10, mix: { image+bands: 50%, bands: 50% } }
        encoder: { name: resnet18, input: 16, stem: small, stems: own }
        training: { local_epochs: 1, batch: 8, order: 'first:bands' }
        federation: { rounds: 1, participation: 100% }
        monitor: { every: 1, knn: { k: 5 } }
        \(more)
        """))
  }

  @Test func fromImportToPairs() throws {
    try makeStores()
    let store = try SampleStore.open(folder.path("bands.h5"))
    #expect(try store.form("bands", split: "train") == Bands.form)
    #expect(try store.meanBytes("bands", split: "train") == 8 * 8 * 5 * 4)
    let mean = try #require(try store.statistics("bands")["mean"])
    #expect(abs(mean - 0.2) < 0.02)

    // Shards, mix, training, the monitor's kNN.
    let job = try job()
    _ = try job.makeShards()
    let communicator = Communicator()
    let observer = Quiet()
    let run = try Run(
      job, communicator: communicator,
      assembly: try Assembly(job, communicator: communicator, isStopped: { false }),
      fresh: false, observer: observer)
    #expect(try run.train() != nil)
    #expect(observer.losses["bands"]?.isFinite == true)
    #expect(observer.losses["image"]?.isFinite == true)
    let accuracy = try #require(observer.measured.last { $0.modality == "bands" }?.accuracy)
    #expect(accuracy > 0.5, "three classes that one band each tells apart")

    // kNN, and pairs of images and bands.
    _ = try pairStores(
      ["image": folder.path("images.h5"), "bands": folder.path("bands.h5")],
      to: folder.path("pairs.h5"), modality: { try modalities.make($0) }, progress: { _, _ in })
    let specs = try [
      ["name": "knn", "data": "bands.h5", "k": 5] as Tree,
      ["name": "joined", "data": "pairs.h5", "k": 5],
      ["name": "paired", "data": "pairs.h5", "epochs": 5],
    ].map { try EvaluationSpec($0, relativeTo: folder.path) }
    let records = try evaluate(job.results, specs, communicator, observer: observer)
    let names = records.map { $0.figures.map(\.name).filter { $0.hasPrefix("accuracy") } }
    #expect(names[0].count == 1)
    let each = ["accuracy_image", "accuracy_bands", "accuracy_joined"]
    #expect(names[1] == each && names[2] == each)
    for figure in records.flatMap(\.figures) where figure.name.hasPrefix("accuracy") {
      #expect(figure.value > 0.5, "\(figure.name)")
    }
    try checkNames(records)
    try checkGeometry(job, communicator, observer)
    try checkNames(embeddingsOf: job, communicator, observer)
  }

  /// Of images and bands in two stores, and in the pairs' one.
  private func checkGeometry(
    _ job: Job, _ communicator: Communicator, _ observer: Quiet
  ) throws {
    let specs = try [
      ["name": "geometry", "data": "bands.h5", "other_data": "images.h5", "limit": 20] as Tree,
      ["name": "geometry", "data": "pairs.h5", "directions": 3],
    ].map { try EvaluationSpec($0, relativeTo: folder.path) }
    let records = try evaluate(job.results, specs, communicator, observer: observer)
    let names = records.map { Set($0.figures.map(\.name)) }
    #expect(names[0].isSuperset(of: ["angle_mean_image_bands", "rank_bands", "alignment_bands"]))
    #expect(names[1].subtracting(names[0]) == ["alignment_image_bands", "cka_image_bands"])
    #expect(records[0].figures[0].count == 40 && records[1].figures[0].count == 48)
    for figure in records.flatMap(\.figures) { #expect(figure.value.isFinite, "\(figure.name)") }
  }

  /// What the samples of the bands' test split are called. Their file says what they are of.
  private static let names = (0..<3).flatMap { label in
    (0..<8).map { "test/class\(label)/\($0).f32" }
  }

  /// Records lead from predictions to files, where the store has names.
  private func checkNames(_ records: [EvaluationRecord]) throws {
    for record in records {
      let file = try HDF5File.openSealed(record.path)
      let names = try file.texts("/samples/bands/name")
      #expect(names.count == 24 && Set(names) == Set(Self.names))
      let labels: [Int32] = try file.read("/labels")
      let classes = try file.texts("/classes")
      #expect(zip(names, labels).allSatisfy { $0.contains("/\(classes[Int($1)])/") })
      #expect(try file.read("/samples/bands/row") as [Int64] == (0..<24).map { $0 })
    }
    let pairs = try HDF5File.openSealed(records[1].path)
    #expect(try pairs.read("/samples/image/row") as [Int64] == (0..<24).map { $0 })
    #expect(try !pairs.contains("/samples/image/name"))
  }

  /// The same samples in a store as those that were made before there were names.
  private func writeBandsWithoutNames() throws {
    let path = folder.path("bands.h5")
    let store = try SampleStore.open(path)
    try HDF5File.save(path) { file in
      let writer = try SampleStoreWriter(file, modality: { try modalities.make($0) })
      try writer.setClasses(store.classes(Bands.name), of: Bands.name)
      for split in ["train", "test"] {
        let rows = 0..<store.count(Bands.name, split)
        try writer.add(try store.load(Bands.name, split: split, rows: rows), split: split)
      }
      try writer.finish()
    }
  }

  /// Embeddings know files and classes. Where names change, nothing is taken for what it is not.
  private func checkNames(
    embeddingsOf job: Job, _ communicator: Communicator, _ observer: Quiet
  ) throws {
    let both = EmbeddingOptions(data: [folder.path("images.h5"), folder.path("bands.h5")])
    func embedded(_ options: EmbeddingOptions) throws -> EmbeddingFile {
      try #require(try embed(job.results, options, communicator, observer: observer).first)
    }
    let path = try embedded(both).path
    do {
      let file = try HDF5File.openSealed(path)
      #expect(
        try file.texts("/name") == [String](repeating: "", count: 24) + Self.names)
      let classes = (0..<3).flatMap { [String](repeating: "class\($0)", count: 8) }
      #expect(try file.texts("/class") == classes + classes)
    }
    #expect(try !embedded(both).isNew)
    try writeBandsWithoutNames()
    let said = message { _ = try embedded(both) }
    #expect(
      said == "\(path): has embeddings of the same samples under other names, or none; remove it "
        + "to write these")
    try FileManager.default.removeItem(atPath: path)
    #expect(try embedded(both).isNew)
    let file = try HDF5File.openSealed(path)
    #expect(try !file.contains("/name") && !file.hasAttribute("names"))
  }

  /// A store whose samples are not in the form that their modality reads.
  @Test func anotherFormIsRefused() throws {
    try writeImages("wrong.h5", as: "bands")
    let error = message { _ = try SampleStore.open(folder.path("wrong.h5")) }
    #expect(
      error?.hasSuffix(
        "/bands: samples in the form 'dense'; bands is 'dense float32': import the data again")
        == true, "\(error ?? "none")")
  }

  /// A model with stems of its modalities alone sees no other.
  @Test func withoutAStemThereIsNoView() throws {
    let job = try Job.load(
      folder.write(
        "images.yaml", "data: { image: images.h5 }\nencoder: { name: vit, stems: own }\n"))
    #expect(try job.viewShape(of: "image").channels == 3)
    let error = message { _ = try job.viewShape(of: "bands") }
    #expect(error?.contains("the encoder has no stem or BatchNorm for bands") == true)
  }
}

/// Keeps what a run and its evaluations say.
private final class Quiet: RunObserver, EvaluationObserver {
  private(set) var losses: [String: Double] = [:]
  private(set) var measured: [MonitorFigure] = []

  func note(_ line: String) {}
  func progress(_ title: String, _ done: Int, of total: Int) {}
  func evaluated(_ record: EvaluationRecord, isNew: Bool) {}

  func roundEnded(
    _ round: Int, of rounds: Int, _ report: RoundReport?, _ measured: [MonitorFigure],
    _ results: Results
  ) {
    losses = report?.losses ?? losses
    self.measured += measured
  }
}

@Suite(.serialized, .disabled(if: isRank)) struct ThirdModalityTests {
  @Test func inAProcessOfItsOwn() throws {
    let result = try runSuiteOnRanks(1, "DownstreamTests.ThirdModality/")
    #expect(result.status == 0, "\(result.output)\n\(result.errors)")
    let said = result.output + result.errors
    #expect(said.contains("Suite ThirdModality passed"), "\(said)")
  }
}
