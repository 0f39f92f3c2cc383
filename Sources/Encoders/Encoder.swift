import Catalogues
import Layers
import Tensors

/// What a training forward pass keeps for the backward pass; the encoder alone looks inside.
public class EncoderSaved {}

/// A network from views to features and projections. Immutable: parameters live in a vector of its
/// layout, so one value serves any number of clients.
public protocol Encoder: Sendable {
  var layout: ParameterLayout { get }
  /// What the names of the projection head's parameters begin with.
  var headName: String { get }
  /// Side of the square input.
  var inputSide: Int { get }
  /// Channels of the input.
  var inputChannels: Int { get }
  /// Columns of the features that evaluation sees.
  var featureCount: Int { get }
  /// Columns of the projection that the loss sees.
  var projectionCount: Int { get }
  /// Floating-point operations of one view's forward pass (2 for a multiply-add), by direct
  /// convolution; a training step does three times as many.
  var forwardOperations: Double { get }

  /// Fresh values, from streams keyed by `seed`.
  func initialise(_ parameters: ParameterVector, seed: UInt64)

  /// Training: views (plain, [images, side, side, channels]) -> projection [images,
  /// projectionCount]. `groups` consecutive parts of the batch have their own batch statistics, in
  /// order; running statistics in `parameters` move. With `recompute`, less is saved, and backward
  /// makes it again, the same bits.
  func forward(
    _ views: FeatureMap, groups: Int, recompute: Bool, _ parameters: ParameterVector,
    _ engine: Engine
  ) -> (projection: Matrix, saved: EncoderSaved)

  /// Adds the parameters' gradient to `gradient`. Uses `saved` up, so that its memory serves again.
  func backward(
    _ projectionGradient: Matrix, _ saved: EncoderSaved, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine)

  /// Evaluation mode (running statistics): features [images, featureCount] and projection.
  func infer(_ views: FeatureMap, _ parameters: ParameterVector, _ engine: Engine) -> (
    features: Matrix, projection: Matrix
  )
}

/// Every encoder that a job file can name.
public let encoders = Catalogue<any Encoder>(
  "encoder",
  [
    .entry(ResNet18.self),
    .entry(ViT.self),
  ])

extension Catalogue.Entry where Product == any Encoder {
  static func entry<P: PlugIn & Encoder>(_ type: P.Type) -> Self { Self(type) { $0 } }
}
