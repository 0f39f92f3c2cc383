import Catalogues
import Layers
import Tensors

/// A vision transformer as timm has it (Dosovitskiy et al., arXiv 2010.11929), followed by SSAST's
/// prediction head, Linear–ReLU–Linear. The defaults are the paper's "ViT": 64 tokens of 16×16
/// pixels, 18 layers, 8 heads, and the width that gives its 15 M parameters.
///
/// The features are the mean of the tokens after the last norm (FSSUAVL §4; SSAST), with
/// `class_token` the class token's output.
public struct ViT: PlugIn, Encoder {
  public static let name = "vit"
  public static let summary = "vision transformer (timm's), with SSAST's head"

  public struct Options: Codable, Sendable, ProjectionHeadOptions, StemOptions {
    /// Side of the square input.
    public var input = 128
    /// Channels of the input.
    public var channels = 3
    /// `shared`: all modalities have one patch embedding with its positions; `own`: each has one,
    /// and its own channels.
    public var stems = StemSharing.shared
    /// The modalities that have a stem of their own; those of the job's data, where none is given.
    public var stemInputs: [StemInput] = []
    /// Side of a patch.
    public var patch = 16
    public var width = 256
    public var depth = 18
    public var heads = 8
    /// Width of a hidden layer between attentions.
    public var mlp = 1024
    /// A token that is no patch, and whose output is the feature.
    public var classToken = false
    /// Width of the projection head's hidden layers (Linear, ReLU); 0 for none.
    public var hidden = 256
    /// How many hidden layers of that width (Barlow Twins' own projector: 2).
    public var hiddenLayers = 1
    /// BatchNorm in each hidden layer.
    public var hiddenNorm = false
    /// Columns of the projection.
    public var projection = 128
    /// A BatchNorm without weights and biases behind the projection (SimSiam's and Orchestra's).
    public var projectionNorm = false

    enum CodingKeys: String, CodingKey {
      case input, channels, stems, patch, width, depth, heads, mlp, hidden, projection
      case stemInputs = "stem_inputs"
      case classToken = "class_token"
      case hiddenLayers = "hidden_layers"
      case hiddenNorm = "hidden_norm"
      case projectionNorm = "projection_norm"
    }
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "input": "side of the square input",
    "channels": "channels of the input",
    "stems": "shared (one patch embedding) or own (one for each modality, with its channels)",
    "stem_inputs": "modalities with a stem of their own; where empty, those of the data",
    "patch": "side of a patch",
    "width": "values of a token",
    "depth": "blocks",
    "heads": "attention heads of a block",
    "mlp": "width of the hidden layer after an attention",
    "class_token": "whether a token that is no patch gives the features, not the mean",
    "hidden": "width of the projection head's hidden layers; 0 for none",
    "hidden_layers": "how many hidden layers of that width",
    "hidden_norm": "whether each hidden layer has a BatchNorm",
    "projection": "columns of the projection, which the loss sees",
    "projection_norm": "whether the projection goes through a BatchNorm without weights",
  ]

  public let layout: ParameterLayout
  let options: Options
  public let headName = "head"
  public let inputSide: Int
  public let featureCount: Int
  public let projectionCount: Int
  private let embeddings: Stems<PatchEmbedding>
  /// Tokens of an image, the class token included, and those whose outputs are averaged.
  private let tokens: Int
  private let pooled: Range<Int>
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm
  private let head: ProjectionHead

  public init(_ options: Options) throws {
    try Self.check(options)
    self.options = options
    inputSide = options.input
    featureCount = options.width
    projectionCount = options.projection
    var layout = ParameterLayout()
    embeddings = Stems(options) {
      PatchEmbedding(
        $0, &layout, input: options.input, channels: $1, patch: options.patch,
        width: options.width, classToken: options.classToken)
    }
    let patches = (options.input / options.patch) * (options.input / options.patch)
    tokens = patches + (options.classToken ? 1 : 0)
    pooled = options.classToken ? 0..<1 : 0..<tokens
    blocks = (0..<options.depth).map {
      TransformerBlock(
        "blocks.\($0)", &layout, width: options.width, heads: options.heads, hidden: options.mlp)
    }
    norm = LayerNorm("norm", &layout, columns: options.width)
    head = ProjectionHead(headName, &layout, input: options.width, options)
    self.layout = layout
  }

  private static func check(_ options: Options) throws {
    try ConfigurationError.check("input", options.input, in: 16...1024)
    try options.checkStems()
    try ConfigurationError.check("patch", options.patch, in: 1...options.input)
    try ConfigurationError.check("width", options.width, in: 32...8192)
    try ConfigurationError.check("depth", options.depth, in: 1...128)
    try ConfigurationError.check("heads", options.heads, in: 1...options.width)
    try ConfigurationError.check("mlp", options.mlp, in: 32...65_536)
    try options.checkHead()
    guard options.input % options.patch == 0 else {
      throw ConfigurationError(
        "patch", "an input of \(options.input) is no whole number of patches of \(options.patch)")
    }
    for (key, value) in [("width", options.width), ("mlp", options.mlp)] where value % 32 != 0 {
      throw ConfigurationError(key, "\(value) is not a multiple of 32")
    }
    guard options.width % options.heads == 0, options.width / options.heads % 16 == 0 else {
      throw ConfigurationError(
        "heads", "\(options.heads) heads do not cut the width \(options.width) into multiples of 16"
      )
    }
  }

  /// Linear weights and positions normal with deviation 0.02, biases 0, norms 1 and 0 (timm; its
  /// cut at ±2 is at a hundred deviations).
  public func inputChannels(of modality: String) -> Int? { embeddings.channels(of: modality) }

  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    let fresh = Initialisation(parameters, seed: seed)
    for embedding in embeddings.all { fresh.transformer(embedding) }
    for block in blocks { fresh.transformer(block) }
    fresh.identity(norm)
    head.initialise(fresh) { fresh.transformer($0) }
  }

  private final class Saved: EncoderSaved {
    let views: FeatureMap
    let modality: String
    var blocks: [TransformerBlock.Saved]
    /// What the last block gave.
    let x: Matrix
    let head: ProjectionHead.Saved

    init(
      views: FeatureMap, modality: String, blocks: [TransformerBlock.Saved], x: Matrix,
      head: ProjectionHead.Saved
    ) {
      self.views = views
      self.modality = modality
      self.blocks = blocks
      self.x = x
      self.head = head
    }
  }

  /// With `recompute`, backward makes the MLPs' first products again.
  public func forward(
    _ views: FeatureMap, of modality: String, groups: Int, recompute: Bool,
    _ parameters: ParameterVector, _ engine: Engine
  ) -> (output: EncoderOutput, saved: EncoderSaved) {
    var x = embeddings[modality].forward(views, parameters, engine)
    var savedBlocks: [TransformerBlock.Saved] = []
    for block in blocks {
      let (y, saved) = block.forward(
        x, tokens: tokens, recompute: recompute, parameters, engine)
      x = y
      savedBlocks.append(saved)
    }
    let features = features(x, parameters, engine)
    let (projection, savedHead) = head.forward(features, groups: groups, parameters, engine)
    return (
      EncoderOutput(features: features, projection: projection),
      Saved(views: views, modality: modality, blocks: savedBlocks, x: x, head: savedHead)
    )
  }

  public func backward(
    _ output: EncoderGradient, _ saved: EncoderSaved, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine
  ) {
    guard let saved = saved as? Saved, saved.blocks.count == blocks.count else {
      preconditionFailure("backward needs what this encoder's forward saved, once")
    }
    let dfeatures = head.backward(
      output.projection, saved.head, parameters, into: gradient, engine)
    output.addFeatures(to: dfeatures, engine)
    let d = throughFeatures(dfeatures, saved.x, parameters, into: gradient, engine)
    for block in blocks.reversed() {
      block.backward(
        d, tokens: tokens, saved.blocks.removeLast(), parameters, into: gradient, engine)
    }
    embeddings[saved.modality].backward(d, saved.views, into: gradient, engine)
  }

  public func infer(
    _ views: FeatureMap, of modality: String, _ parameters: ParameterVector, _ engine: Engine
  ) -> EncoderOutput {
    var x = embeddings[modality].forward(views, parameters, engine)
    for block in blocks {
      x = block.forward(x, tokens: tokens, recompute: true, parameters, engine).y
    }
    let features = features(x, parameters, engine)
    return EncoderOutput(features: features, projection: head.infer(features, parameters, engine))
  }

  /// Tokens of the last block -> features [images, width].
  private func features(_ x: Matrix, _ parameters: ParameterVector, _ engine: Engine) -> Matrix {
    let images = x.rows / tokens
    let features = Matrix.zeros(engine.pool, rows: images, columns: featureCount)
    for image in 0..<images {
      let tokens = x[image * tokens..<(image + 1) * tokens][pooled]
      let y = norm.forward(tokens, parameters, engine).y
      let mean = features[image..<image + 1]
      for row in 0..<y.rows {
        engine.kernels.add(featureCount, y.pointer + row * featureCount, mean.pointer)
      }
      for i in 0..<featureCount { mean.pointer[i] /= Float(y.rows) }
    }
    return features
  }

  /// The gradient of the last block's tokens.
  private func throughFeatures(
    _ dfeatures: Matrix, _ x: Matrix, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine
  ) -> Matrix {
    let d = Matrix.zeros(engine.pool, rows: x.rows, columns: featureCount)
    let share = Matrix(engine.pool, rows: pooled.count, columns: featureCount)
    for image in 0..<dfeatures.rows {
      let rows = image * tokens..<(image + 1) * tokens
      for i in 0..<share.floats.count {
        share.pointer[i] =
          dfeatures.pointer[image * featureCount + i % featureCount] / Float(share.rows)
      }
      let tokens = x[rows][pooled]
      let saved = norm.forward(tokens, parameters, engine).saved
      norm.backward(share, tokens, saved, parameters, addingTo: d[rows][pooled], engine)
      norm.addGradients(share, tokens, saved, into: gradient, engine)
    }
    return d
  }

  public var forwardOperations: Double {
    (embeddings.all.first?.operations ?? 0)
      + blocks.reduce(0) { $0 + $1.operations(tokens: tokens) } + head.operations
  }
}
