import Catalogues
import Files
import Foundation
import HDF5
import Tensors
import Views

/// How much is to be made.
public struct SynthesisPlan: Sendable {
  /// Training samples of each modality; 0 leaves the modality out. A quarter as many for testing.
  public let images: Int
  public let sounds: Int
  public let classes: Int
  /// Side of the images in pixels.
  public let side: Int
  public let seed: UInt64

  /// The most classes there are.
  public static let mostClasses = min(
    SyntheticImages.classes.count, SyntheticSounds.classes.count)

  /// Throws `ConfigurationError` where a number cannot be.
  public init(
    images: Int = 2_000, sounds: Int = 2_000, classes: Int = 10, side: Int = 48, seed: UInt64 = 1
  ) throws {
    guard 2...Self.mostClasses ~= classes else {
      throw ConfigurationError("classes", "\(classes) is not between 2 and \(Self.mostClasses)")
    }
    guard 16...512 ~= side else {
      throw ConfigurationError("side", "\(side) is not between 16 and 512")
    }
    for (key, count) in [("images", images), ("sounds", sounds)] {
      guard count == 0 || 4 * classes...10_000_000 ~= count else {
        throw ConfigurationError(
          key, "\(count) is neither 0 nor between \(4 * classes) (four a class) and 10000000")
      }
    }
    guard images + sounds > 0 else {
      throw ConfigurationError("images", "neither images nor sounds are to be made")
    }
    self.images = images
    self.sounds = sounds
    self.classes = classes
    self.side = side
    self.seed = seed
  }
}

/// Makes a data set of images and sounds and writes it as a sample store, all or nothing. What a
/// sample is depends on the seed, its class and its number alone.
public func synthesize(
  _ plan: SynthesisPlan, to path: String, modality: @escaping (String) throws -> any Modality,
  progress: (_ done: Int, _ of: Int) -> Void
) throws {
  let images = SyntheticImages(side: plan.side, seed: plan.seed)
  let sounds = SyntheticSounds(seed: plan.seed)
  let total = (plan.images + plan.sounds) * 5 / 4
  var done = 0
  try HDF5File.save(path) { file in
    let writer = try SampleStoreWriter(file, modality: modality)
    func write(
      _ modality: String, _ count: Int, _ classes: [String],
      _ make: (_ label: Int, _ index: Int) throws -> StoredSample
    ) throws {
      guard count > 0 else { return }
      try writer.setClasses(Array(classes.prefix(plan.classes)), of: modality)
      for index in 0..<count + count / 4 {
        let label = index % plan.classes
        let sample = try make(label, index)
        try writer.add(
          sample, label: label, modality: modality, split: index < count ? "train" : "test")
        done += 1
        progress(done, total)
      }
    }
    try write("image", plan.images, SyntheticImages.classes) {
      StoredSample(images.make(label: $0, index: $1))
    }
    try write("audio", plan.sounds, SyntheticSounds.classes) {
      try StoredSample(sounds.make(label: $0, index: $1))
    }
    try writer.note("importer", "synthesis")
    try writer.note("seed", "\(plan.seed)")
    try writer.finish()
  }
}
