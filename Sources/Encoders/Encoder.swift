import Catalogues
import Layers
import Tensors

/// What a training forward pass keeps for the backward pass; the encoder alone looks inside.
public class EncoderSaved {}

/// What an encoder makes of views: a row for each.
public struct EncoderOutput {
  /// What evaluation sees, [images, featureCount].
  public let features: Matrix
  /// What losses see, [images, projectionCount].
  public let projection: Matrix
}

/// A loss's gradient with respect to an `EncoderOutput`.
public struct EncoderGradient {
  public let projection: Matrix
  /// Nil where the loss does not look at the features.
  public let features: Matrix?

  public init(projection: Matrix, features: Matrix? = nil) {
    self.projection = projection
    self.features = features
  }

  /// Adds the features' own gradient to the one that came through the head.
  func addFeatures(to gradient: Matrix, _ engine: Engine) {
    guard let features else { return }
    engine.kernels.add(features.floats.count, features.pointer, gradient.pointer)
  }
}

/// A network from views to features and projections. Immutable: parameters live in a vector of its
/// layout, so one value serves any number of clients.
public protocol Encoder: Sendable {
  var layout: ParameterLayout { get }
  /// What the names of the projection head's parameters begin with.
  var headName: String { get }
  /// Side of the square input.
  var inputSide: Int { get }
  /// Channels of a modality's views; nil where each modality has a stem or BatchNorm layers of its
  /// own, and this one none.
  func inputChannels(of modality: String) -> Int?
  /// Columns of the features that evaluation sees.
  var featureCount: Int { get }
  /// Columns of the projection that the loss sees.
  var projectionCount: Int { get }
  /// Floating-point operations of one view's forward pass (2 for a multiply-add), by direct
  /// convolution; a training step does three times as many.
  var forwardOperations: Double { get }

  /// Lines of Python that make `encoder`, a PyTorch module without a head that takes this encoder's
  /// trunk as its `state_dict`; its views have so many channels.
  func pytorchModule(channels: Int) -> [String]

  /// Fresh values, from streams keyed by `seed`.
  func initialise(_ parameters: ParameterVector, seed: UInt64)

  /// Training: views of one modality (plain, [images, side, side, channels]) -> features and
  /// projection. `groups` consecutive parts of the batch have their own batch statistics, in
  /// order; running statistics in `parameters` move. With `recompute`, less is saved, and backward
  /// makes it again, the same bits. The vectors' layout begins with this encoder's; what may follow
  /// is a method's.
  func forward(
    _ views: FeatureMap, of modality: String, groups: Int, recompute: Bool,
    _ parameters: ParameterVector, _ engine: Engine
  ) -> (output: EncoderOutput, saved: EncoderSaved)

  /// Adds the parameters' gradient to `gradient`. Uses `saved` up, so that its memory serves again.
  func backward(
    _ output: EncoderGradient, _ saved: EncoderSaved, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine)

  /// Evaluation mode: with the running statistics.
  func infer(
    _ views: FeatureMap, of modality: String, _ parameters: ParameterVector, _ engine: Engine
  ) -> EncoderOutput
}

/// Every encoder that a job file can name.
public let encoders = Catalogue<any Encoder>(
  "encoder",
  [
    .init(ResNet18.self) { $0 },
    .init(ViT.self) { $0 },
  ])

extension Encoder {
  /// Memory for views of a modality, plain, to be drawn into. The modality must have a stem.
  public func makeViews(
    of modality: String, count: Int, _ engine: Engine
  ) -> FeatureMap {
    guard let channels = inputChannels(of: modality) else {
      preconditionFailure("the encoder has no stem for \(modality)")
    }
    return FeatureMap(
      engine.pool, images: count, channels: channels, height: inputSide, width: inputSide,
      layout: .plain)
  }
}
