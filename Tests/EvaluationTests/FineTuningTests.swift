import Catalogues
import Encoders
import Foundation
import HDF5
import Layers
import MessagePassing
import Tensors
import TestSupport
import Testing

@testable import Evaluation
@testable import Training

/// Views of noise, keyed by epoch and sample.
final class NoiseSamples: LabelledSamples {
  let modality: String
  let labels: [Int32]

  init(_ modality: String = "image", count: Int, classes: Int) {
    self.modality = modality
    labels = (0..<count).map { Int32($0 * 3 % classes) }
  }

  /// As the fixture has them: all samples of an epoch from one seed.
  func draw(_ samples: [Int], epoch: Int, into views: FeatureMap, _ engine: Engine) throws {
    let all = channelsLast(
      noise(UInt64(8000 + epoch) << 32, labels.count * views.imageCount), images: labels.count,
      channels: views.channels, side: views.height)
    for (place, sample) in samples.enumerated() {
      let range = sample * views.imageCount..<(sample + 1) * views.imageCount
      all[range].withContiguousStorageIfAvailable {
        (views.pointer + place * views.imageCount).update(
          from: $0.baseAddress!, count: views.imageCount)
      }
    }
  }
}

/// A small network and how it is trained.
struct SmallTuning {
  let classifier: any Encoder
  let parameters: ParameterVector
  var options = SupervisedOptions()

  init(_ settings: Tree, classes: Int) throws {
    classifier = try makeClassifier(settings, classes: classes)
    parameters = ParameterVector(classifier.layout)
    classifier.initialise(parameters, seed: 3)
  }

  /// From here, or from where another one stands.
  func tuning(
    _ samples: [any LabelledSamples], pieces: Int, from other: FineTuning? = nil,
    recompute: Bool = false, _ communicator: Communicator = Communicator()
  ) throws -> FineTuning {
    try FineTuning(
      classifier: classifier, samples: samples, options: options, pieces: pieces,
      recompute: recompute, parameters: (other?.parameters ?? parameters).copy(),
      state: other?.state.map { $0.copy() }, steps: other?.steps ?? 0, communicator, try Engine())
  }
}

@Suite struct FineTuningTests {
  /// Twenty steps of a ResNet-18 and of a transformer, and five with batches in four pieces,
  /// against PyTorch in Float64 (Fixtures/finetune.py, which also prints how far PyTorch's own
  /// Float32 is).
  @Test(arguments: [
    ("resnet18", 1, 1e-3), ("resnet18", 4, 1e-4), ("vit", 1, 1e-6),
  ]) func twentyStepsEqualPyTorch(name: String, pieces: Int, tolerance: Double) throws {
    let file = try fixture(.module, "finetune.h5")
    func number(_ key: String) throws -> Int { Int(try file.intAttribute(key)) }
    let (batch, side) = (try number("batch"), try number("input"))
    let settings: Tree =
      name == "vit"
      ? [
        "name": "vit", "input": .whole(side), "patch": 8, "width": 64, "depth": 2, "heads": 2,
        "mlp": 128,
      ] : ["name": "resnet18", "input": .whole(side), "stem": "small", "hidden": 96]
    var small = try SmallTuning(settings, classes: try number("classes"))
    setReferenceParameters(small.parameters)
    small.options.rate = try file.doubleAttribute("rate", on: name)
    small.options.optimizer["momentum"] = .number(try file.doubleAttribute("momentum"))
    small.options.schedule = "constant"
    let samples = NoiseSamples(count: batch, classes: try number("classes"))
    let tuning = try small.tuning([samples], pieces: pieces)
    let losses: [Double] = try file.read("\(name)/pieces\(pieces)/losses")
    // The first step has no rounding but its own.
    for (step, expected) in losses.enumerated() {
      let loss = try tuning.step(
        EpochPlan.Batch(modality: "image", samples: Array(0..<batch)), epoch: step)
      #expect(
        abs(loss - expected) < (step == 0 ? 1e-6 : tolerance) * expected,
        "step \(step + 1): \(loss), PyTorch \(expected)")
    }
    guard name == "resnet18" else { return }
    for norm in ["bn1", "layer4.1.bn2"] {
      func statistic(_ kind: String) throws -> (own: [Float], reference: [Float]) {
        let entry = try #require(small.classifier.layout.entry("\(norm).running_\(kind)"))
        return (
          Array(tuning.parameters[entry.range]),
          try file.read("\(name)/pieces\(pieces)/\(entry.name)")
        )
      }
      let variance = try statistic("var")
      #expect(relativeError(variance.own, variance.reference) < 1e-3, "\(norm)")
      // Means are near zero: deviations are what they are measured in.
      let mean = try statistic("mean")
      let difference = zip(mean.own, mean.reference).map { $0 - $1 }
      let deviation = variance.reference.map { $0.squareRoot() }
      #expect(TestSupport.norm(difference) < 1e-3 * TestSupport.norm(deviation), "\(norm)")
    }
  }

  /// A pretrained trunk keeps every value, the head is new.
  @Test func theTrunkIsTakenOver() throws {
    let settings: Tree = ["name": "resnet18", "input": 16, "hidden": 96]
    let encoder = try encoders.make(settings)
    let pretrained = ParameterVector(encoder.layout)
    encoder.initialise(pretrained, seed: 9)
    let small = try SmallTuning(settings, classes: 128)
    let fresh = small.parameters.copy()
    try small.classifier.setTrunk(small.parameters, from: pretrained)
    for entry in small.classifier.layout.entries {
      let values = Array(small.parameters[entry.range])
      if entry.name.hasPrefix("fc.") {
        #expect(values == Array(fresh[entry.range]), "\(entry.name)")
      } else {
        let source = try #require(encoder.layout.entry(entry.name))
        #expect(values == Array(pretrained[source.range]), "\(entry.name)")
      }
    }
    let other = ParameterVector(try encoders.make(["name": "vit", "depth": 1]).layout)
    #expect(
      message { try small.classifier.setTrunk(small.parameters, from: other) }?
        .contains("conv1.weight") == true)
  }

  /// Taken up from parameters, the optimizer's vectors and the number of steps, in the midst of an
  /// epoch; and with less saved: the same bits.
  @Test(arguments: ["sgd", "adamw"]) func continuesAndRecomputes(optimizer: String) throws {
    var small = try SmallTuning(["name": "resnet18", "input": 32], classes: 3)
    small.options.optimizer = .text(optimizer)
    small.options.epochs = 3
    small.options.batch = 16
    // Two batches an epoch, of one modality each.
    let samples = [
      NoiseSamples("image", count: 16, classes: 3), NoiseSamples("audio", count: 9, classes: 3),
    ]
    let whole = try small.tuning(samples, pieces: 3)
    #expect(whole.totalSteps == 6)
    try whole.run { _ in }
    struct Enough: Error {}
    let first = try small.tuning(samples, pieces: 3, recompute: true)
    #expect(throws: Enough.self) { try first.run { _ in if first.steps == 3 { throw Enough() } } }
    let second = try small.tuning(samples, pieces: 3, from: first)
    var epochsEnded = 0
    try second.run { if $0 { epochsEnded += 1 } }
    #expect(epochsEnded == 2)
    #expect(second.parameters.floats.elementsEqual(whole.parameters.floats))
  }

  /// Pieces as equal as can be, none of one sample unless there is but one.
  @Test func pieces() {
    #expect(FineTuning.cut(128, 4) == [0..<32, 32..<64, 64..<96, 96..<128])
    #expect(FineTuning.cut(10, 4) == [0..<2, 2..<5, 5..<7, 7..<10])
    #expect(FineTuning.cut(5, 4) == [0..<2, 2..<5])
    #expect(FineTuning.cut(1, 4) == [0..<1])
    #expect(message { try FineTuning.check(pieces: 65) }?.contains("1 to 64") == true)
  }

  /// A rate that is far too high ends in an error, not in numbers.
  @Test func divergenceIsAnError() throws {
    var small = try SmallTuning(["name": "resnet18", "input": 32], classes: 2)
    small.options.rate = 1e30
    small.options.epochs = 4
    let tuning = try small.tuning([NoiseSamples(count: 4, classes: 2)], pieces: 2)
    let text = message { try tuning.run { _ in } }
    #expect(text?.contains("a lower rate may help") == true, "\(text ?? "no error")")
  }
}

/// Each rank's part; run by `FineTuningRanksTests`.
@Suite(.serialized, .enabled(if: isRank)) struct FineTuningOnRanks {
  nonisolated(unsafe) static let world: Communicator = {
    let world = try! Communicator.start()
    atexit { FineTuningOnRanks.world.finish() }
    return world
  }()

  @Test func tune() throws {
    let (losses, bits) = try FineTuningRanksTests.tune(Self.world)
    if Self.world.rank == 0 { print("\n@ \(losses) \(bits)") }
  }
}

@Suite(.serialized, .disabled(if: isRank)) struct FineTuningRanksTests {
  /// Losses, and the parameters' bits as one number.
  static func tune(_ communicator: Communicator) throws -> ([Double], UInt64) {
    var small = try SmallTuning(["name": "resnet18", "input": 32], classes: 3)
    small.options.epochs = 2
    small.options.batch = 16
    let samples = [
      NoiseSamples("image", count: 32, classes: 3), NoiseSamples("audio", count: 9, classes: 3),
    ]
    let tuning = try small.tuning(samples, pieces: 4, communicator)
    var losses: [Double] = []
    try tuning.run { _ in losses.append(tuning.losses.last!) }
    let bits = tuning.parameters.floats.reduce(UInt64(14_695_981_039_346_656_037)) {
      ($0 ^ UInt64($1.bitPattern)) &* 1_099_511_628_211
    }
    return (losses, bits)
  }

  /// One piece a rank, several, and a rank without any.
  @Test func anyRanksGiveTheSameBits() throws {
    let (losses, bits) = try Self.tune(Communicator())
    for ranks in [2, 3, 5] {
      let result = try runSuiteOnRanks(ranks, "FineTuningOnRanks")
      #expect(result.status == 0, "\(result.errors)")
      let line = result.lines.first { $0.hasPrefix("@ ") }
      #expect(line == "@ \(losses) \(bits)", "\(ranks) ranks: \(result.output)")
    }
  }
}
