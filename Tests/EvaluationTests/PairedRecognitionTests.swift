import Foundation
import HDF5
import Layers
import TestSupport
import Testing

@testable import Evaluation

/// Against NumPy and scikit-learn (Fixtures/pairs.py).
@Suite struct PairedRecognitionTests {
  private let file: HDF5File
  private let classes: Int
  private let bankCount: Int
  private let queryCount: Int
  private let dimensions: [String: Int]
  private let spread: Float

  init() throws {
    file = try fixture(.module, "pairs.h5")
    func number(_ name: String, _ file: HDF5File) throws -> Int {
      Int(try file.intAttribute(name))
    }
    classes = try number("classes", file)
    bankCount = try number("bank", file)
    queryCount = try number("queries", file)
    dimensions = ["image": try number("image", file), "audio": try number("audio", file)]
    spread = Float(try file.doubleAttribute("spread"))
  }

  private func labels(_ count: Int) -> [Int32] { (0..<count).map { Int32($0 * 7 % classes) } }

  private func rows(_ number: UInt64, _ count: Int, _ dimension: Int) -> [Float] {
    let centres = noise(UInt64(5200 + dimension) << 32, classes * dimension)
    let labels = labels(count)
    return noise(number << 32, count * dimension).enumerated().map { index, value in
      value + spread * centres[Int(labels[index / dimension]) * dimension + index % dimension]
    }
  }

  private func features(_ image: UInt64, _ audio: UInt64, _ count: Int) -> [String: [Float]] {
    let (i, a) = (dimensions["image"]!, dimensions["audio"]!)
    let (images, sounds) = (rows(image, count, i), rows(audio, count, a))
    let lengths = [(images, i), (sounds, a)].map { rows, dimension in
      FeatureNormalisation.l2.fitted(to: rows, dimension: dimension)(rows)
    }
    return [
      "image": images, "audio": sounds,
      "joined": PairedRecognition.joined(lengths, pairs: images.count / i),
    ]
  }

  /// Image, sound and both joined: NumPy's predictions, every one.
  @Test(arguments: [20, 200]) func neighboursEqualNumPy(k: Int) throws {
    let bank = features(5210, 5211, bankCount)
    let queries = features(5212, 5213, queryCount)
    for name in ["image", "audio", "joined"] {
      let expected: [Int32] = try file.read("k\(k)/\(name)")
      let predicted = KNN(k: k, temperature: 0.1).predict(
        bank: bank[name]!, labels: labels(bankCount), queries: queries[name]!,
        dimension: bank[name]!.count / bankCount, classes: classes, try Engine())
      #expect(predicted == expected, "\(name)")
    }
  }

  @Test func meanOfLogitsEqualsNumPy() throws {
    let logits = [5220, 5221].map { noise(UInt64($0) << 32, queryCount * classes) }
    let mean = PairedRecognition.mean(logits)
    let expected: [Int32] = try file.read("mean_of_logits")
    #expect(greatestClasses(mean, classes: classes) == expected)
  }

  @Test func confusionEqualsScikitLearn() throws {
    let predicted: [Int32] = try file.read("k20/image")
    let confusion = Confusion(predicted, labels(queryCount), classes: classes)
    let expected: [Int64] = try file.read("confusion")
    #expect(confusion.counts == expected)
    let shares: [Double] = try file.read("per_class")
    for (own, reference) in zip(confusion.perClass, shares) {
      #expect(abs(own - reference) < 1e-12)
    }
  }

  @Test func aClassWithoutSamplesHasNoAccuracy() {
    let confusion = Confusion([0, 2, 0], [0, 0, 2], classes: 3)
    #expect(confusion.counts == [1, 0, 1, 0, 0, 0, 1, 0, 0])
    #expect(confusion.perClass[0] == 0.5 && confusion.perClass[2] == 0)
    #expect(confusion.perClass[1].isNaN)
  }

  @Test func equalValuesGoToTheLowestClass() {
    #expect(greatestClasses([1, 1, 0, 0, 2, 2], classes: 3) == [0, 1])
  }

  @Test func featuresOfAPairStandSideBySide() {
    let joined = PairedRecognition.joined([[0, 0, 3, 4], [2, 5]], pairs: 2)
    #expect(joined == [0, 0, 2, 3, 4, 5])
  }

  @Test func quantilesEqualNumPy() throws {
    let sorted = noise(5230 << 32, 1000).map { Double($0) }.sorted()
    let expected: [Double] = try file.read("quantiles")
    for (share, reference) in zip([0.025, 0.5, 0.975], expected) {
      #expect(abs(Bootstrap.quantile(share, of: sorted) - reference) < 1e-12)
    }
  }
}
