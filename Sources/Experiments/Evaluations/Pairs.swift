import Catalogues
import Datasets
import Evaluation
import Layers

/// Which pairs of an image and a sound an evaluation trains on and is measured on.
public struct PairOptions: Codable, Sendable, Equatable {
  /// A paired sample store.
  public var data = ""
  /// Names of the splits.
  public var train = "train"
  public var test = "test"

  func validate() throws {
    try require(!data.isEmpty, "data", "missing; give a paired sample store")
  }

  /// Both splits' images and sounds, sample i of one with sample i of the other, and their classes.
  /// - Parameters:
  ///   - image: the run that sees the images.
  ///   - audio: the run that hears the sounds.
  func open(
    image: EvaluatedRun, audio: EvaluatedRun, _ engine: Engine
  ) throws -> (train: Pairs, test: Pairs, classes: [String]) {
    let store = try SampleStore.open(data)
    let classes = try Pairs.classes(of: store)
    func pairs(_ split: String) throws -> Pairs {
      try Pairs(store, split: split, image: image, audio: audio, engine)
    }
    return (try pairs(train), try pairs(test), classes)
  }
}

/// Images and sounds that belong together.
struct Pairs {
  let image: EvaluatedSplit
  let audio: EvaluatedSplit

  var labels: [Int32] { image.labels }
  var splits: [EvaluatedSplit] { [image, audio] }

  init(
    _ store: SampleStore, split: String, image: EvaluatedRun, audio: EvaluatedRun, _ engine: Engine
  ) throws {
    self.image = try EvaluatedSplit(
      store, modality: "image", split: split, run: image, engine)
    self.audio = try EvaluatedSplit(
      store, modality: "audio", split: split, run: audio, engine)
    guard self.image.labels == self.audio.labels else {
      let (images, sounds) = (self.image.labels, self.audio.labels)
      let first = zip(images, sounds).enumerated().first { $1.0 != $1.1 }?.offset
      throw StoreError(
        store.path,
        "its images and sounds in split '\(split)' are no pairs: "
          + (images.count == sounds.count
            ? "those of row \(first ?? 0) have other classes"
            : "\(images.count) images and \(sounds.count) sounds")
          + "; make pairs with motet data pair")
    }
  }

  /// The names of the pairs' classes.
  static func classes(of store: SampleStore) throws -> [String] {
    for modality in ["image", "audio"] where !store.modalities.contains(modality) {
      throw StoreError(
        store.path, "has no \(modality), so no pairs; make them with motet data pair")
    }
    let (images, sounds) = (store.classes("image"), store.classes("audio"))
    guard images.count == sounds.count else {
      throw StoreError(
        store.path,
        "has \(images.count) classes of images and \(sounds.count) of sounds; make pairs with "
          + "motet data pair")
    }
    return zip(images, sounds).map { $0 == $1 ? $0 : "\($0)/\($1)" }
  }
}
