import Catalogues
import Datasets
import Evaluation
import Layers

/// Which pairs of an image and a sound an evaluation trains on and is measured on.
public struct PairOptions: Codable, Sendable, Equatable {
  /// A sample store with pairs.
  public var data = ""
  /// Names of the splits.
  public var train = "train"
  public var test = "test"

  func validate() throws {
    try ConfigurationError.require(!data.isEmpty, "data", "missing; give a sample store with pairs")
  }

  /// Both splits' pairs and their classes.
  /// - Parameters:
  ///   - image: the run that sees the images.
  ///   - audio: the run that hears the sounds.
  func open(
    image: EvaluatedRun, audio: EvaluatedRun, _ engine: Engine
  ) throws -> (train: Pairs, test: Pairs, classes: [String]) {
    let store = try SampleStore.open(data)
    func pairs(_ split: String) throws -> Pairs {
      try Pairs(store, split: split, image: image, audio: audio, engine)
    }
    // The images' classes are the sounds': the store has seen to that.
    return (try pairs(train), try pairs(test), store.classes("image"))
  }

  /// Both splits' images and sounds, counted.
  func workload() throws -> (
    train: [EvaluationWorkload.Samples], test: [EvaluationWorkload.Samples], classes: Int
  ) {
    let store = try SampleStore.open(data)
    func samples(_ split: String) throws -> [EvaluationWorkload.Samples] {
      let pairs = try store.pairs(split: split)
      return try ["image", "audio"].map { modality in
        .init(
          data: store.path, modality: modality, split: split, arePaired: true,
          count: try pairs.rows(of: modality, in: store, split: split).count)
      }
    }
    return (try samples(train), try samples(test), store.classes("image").count)
  }
}

extension SamplePairs {
  /// The rows of one modality. Throws where the pairs have none.
  fileprivate func rows(of modality: String, in store: SampleStore, split: String) throws -> [Int] {
    guard let rows = rows[modality] else {
      throw StoreError(store.path, "its pairs in split '\(split)' have no \(modality)")
    }
    return rows
  }
}

/// Images and sounds that belong together: sample i of one with sample i of the other.
struct Pairs {
  let image: EvaluatedSplit
  let audio: EvaluatedSplit

  var labels: [Int32] { image.labels }
  var splits: [EvaluatedSplit] { [image, audio] }

  init(
    _ store: SampleStore, split: String, image: EvaluatedRun, audio: EvaluatedRun, _ engine: Engine
  ) throws {
    let pairs = try store.pairs(split: split)
    func side(_ modality: String, _ run: EvaluatedRun) throws -> EvaluatedSplit {
      try EvaluatedSplit(
        store, modality: modality, split: split,
        rows: pairs.rows(of: modality, in: store, split: split), run: run, engine)
    }
    self.image = try side("image", image)
    self.audio = try side("audio", audio)
  }
}
