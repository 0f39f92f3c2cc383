import Catalogues
import Kernels
import Tensors

/// The encoder's input, the same for every modality: [side, side, channels], channels last.
public struct ViewShape: Sendable, Equatable {
  public let side: Int
  public let channels: Int

  public init(side: Int, channels: Int) {
    self.side = side
    self.channels = channels
  }

  public var count: Int { side * side * channels }
}

/// A kind of data: how one stored sample becomes a view of the encoder's input shape.
///
/// A new modality is one file and one line in `modalities`; stores, shards, batches, results and
/// evaluations are keyed by its name.
public protocol Modality: Sendable {
  static var name: String { get }
  /// How samples are stored.
  static var form: SampleForm { get }
  /// The shape of a dense sample, nil where a length may be any; nil where it is not checked.
  static var sampleShape: [Int?]? { get }
  /// Channels that its views have of themselves, where the encoder has a stem of its own for it;
  /// nil where it makes the encoder's usual number.
  static var channels: Int? { get }
  /// Numbers a second, where samples are runs in time; nil for all others.
  static var sampleRate: Int? { get }

  /// What of a training sample goes into the data set's statistics, as numbers to be summed. Holds
  /// its own scratch memory: one for each thread. Nil where nothing is needed.
  func makeTally() -> ((Sample) -> [Double])?

  /// What views need to know of a data set (mean and standard deviation of its spectrograms), from
  /// the sums of all training samples' tallies, added in the samples' order; empty sums where there
  /// was no sample. Computed once at import and kept in the store.
  func statistics(ofSums sums: [Double]) -> [String: Double]

  /// The options on which the statistics depend: a store's are for those of the import, and views
  /// under others need others. None where these views need no statistics.
  var statisticsOptions: Tree { get }

  /// Options under which a training view is cropped (and flipped) alone: for supervised training.
  /// None unless a modality says so.
  static var plainViews: Tree { get }

  /// Throws `ConfigurationError` where no views of a shape can be made, whatever the data.
  func check(_ shape: ViewShape) throws

  /// The maker of views of one shape, for one thread. Throws `ConfigurationError` where a needed
  /// statistic is missing or an option does not fit the shape.
  /// - Parameter kernels: of one instruction set; all that fuse multiply and add give the same
  ///   bits.
  func makeViews(
    shape: ViewShape, statistics: [String: Double], kernels: MotetKernels
  ) throws -> any ViewMaker
}

extension Modality {
  public static var sampleShape: [Int?]? { nil }
  public static var channels: Int? { nil }
  public static var sampleRate: Int? { nil }
  public var statisticsOptions: Tree { [:] }
  public static var plainViews: Tree { [:] }
  public func check(_ shape: ViewShape) throws {}

  /// With the widest vectors that this processor has.
  public func makeViews(
    shape: ViewShape, statistics: [String: Double]
  ) throws -> any ViewMaker {
    try makeViews(shape: shape, statistics: statistics, kernels: widestKernels)
  }
}

var widestKernels: MotetKernels { motet_kernels(0).pointee }

/// Draws views. Holds its own scratch memory: one for each thread, no allocation per view.
public protocol ViewMaker: AnyObject {
  /// A random view for training. Everything random comes from `random`, so a view depends on the
  /// stream's key alone. Writes `shape.count` values, channels last, normalised.
  func trainingView(
    of sample: Sample, random: inout RandomStream, into view: UnsafeMutableBufferPointer<Float>)

  /// The view for evaluation: nothing random.
  func evaluationView(of sample: Sample, into view: UnsafeMutableBufferPointer<Float>)

  /// A view as a person can look at it: [side, side, 3], red, green, blue.
  func picture(of view: UnsafeBufferPointer<Float>) -> [UInt8]

  /// How many views a sample has for evaluation; their features are averaged.
  var evaluationViewCount: Int { get }

  /// View `index` of those.
  func evaluationView(
    of sample: Sample, index: Int, into view: UnsafeMutableBufferPointer<Float>)
}

extension ViewMaker {
  public var evaluationViewCount: Int { 1 }

  public func evaluationView(
    of sample: Sample, index: Int, into view: UnsafeMutableBufferPointer<Float>
  ) { evaluationView(of: sample, into: view) }
}
