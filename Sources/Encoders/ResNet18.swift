import Catalogues
import Layers
import Tensors

/// torchvision's resnet18, whose `fc` is the projection head: 512 features, 128 outputs, 11.24 M
/// parameters (He et al., arXiv 1512.03385; the paper's "R-18").
public struct ResNet18: PlugIn, Encoder {
  public static let name = "resnet18"
  public static let summary = "torchvision's ResNet-18; fc is the projection head"

  public struct Options: Codable, Sendable {
    /// Side of the square input.
    public var input = 128
    /// Channels of the input.
    public var channels = 3
    /// `standard`: 7×7 stride 2 and 3×3 maximum pool; `small`: 3×3 stride 1, no pool, for 32×32.
    public var stem = "standard"
    /// Width of the projection head's hidden layers (Linear, ReLU); 0 for none.
    public var hidden = 0
    /// How many hidden layers of that width (Barlow Twins' own projector: 2).
    public var hiddenLayers = 1
    /// BatchNorm in each hidden layer.
    public var hiddenNorm = false
    /// Columns of the projection.
    public var projection = 128

    enum CodingKeys: String, CodingKey {
      case input, channels, stem, hidden, projection
      case hiddenLayers = "hidden_layers"
      case hiddenNorm = "hidden_norm"
    }

    var head: ProjectionHead.Options {
      ProjectionHead.Options(
        hidden: hidden, hiddenLayers: hiddenLayers, hiddenNorm: hiddenNorm, projection: projection)
    }
  }

  public static var defaults: Options { Options() }

  public let layout: ParameterLayout
  public let inputSide: Int
  public let inputChannels: Int
  public let featureCount = 512
  public let projectionCount: Int
  private let stem: Convolution
  private let stemNorm: BatchNorm
  private let stemPool: MaximumPool?
  private let blocks: [BasicBlock]
  private let averagePool = AveragePool()
  private let head: ProjectionHead

  public init(_ options: Options) throws {
    guard (16...1024).contains(options.input) else {
      throw ConfigurationError("input", "\(options.input) is outside 16 to 1024")
    }
    guard (1...64).contains(options.channels) else {
      throw ConfigurationError("channels", "\(options.channels) is outside 1 to 64")
    }
    guard ["standard", "small"].contains(options.stem) else {
      throw ConfigurationError(
        "stem", unknown("stem", options.stem, among: ["standard", "small"]))
    }
    try options.head.check()
    inputSide = options.input
    inputChannels = options.channels
    projectionCount = options.projection
    var layout = ParameterLayout()
    let small = options.stem == "small"
    stem = Convolution(
      "conv1", &layout, input: options.channels, output: 64, kernel: small ? 3 : 7,
      stride: small ? 1 : 2, padding: small ? 1 : 3)
    stemNorm = BatchNorm("bn1", &layout, channels: 64, relu: true)
    stemPool = small ? nil : MaximumPool()
    var blocks: [BasicBlock] = []
    var channels = 64
    for (stage, output) in [64, 128, 256, 512].enumerated() {
      for index in 0..<2 {
        blocks.append(
          BasicBlock(
            "layer\(stage + 1).\(index)", &layout, input: channels, output: output,
            stride: stage > 0 && index == 0 ? 2 : 1))
        channels = output
      }
    }
    self.blocks = blocks
    head = ProjectionHead(
      "fc", &layout, input: 512, options.head)
    self.layout = layout
  }

  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    let fresh = Initialisation(parameters, seed: seed)
    fresh.kaiming(stem)
    fresh.identity(stemNorm)
    for block in blocks { fresh.block(block) }
    head.initialise(fresh) { fresh.uniform($0) }
  }

  private final class Saved: EncoderSaved {
    let stem: Convolution.Saved
    var stemNorm: BatchNorm.Saved?
    let stemPool: MaximumPool.Saved?
    var blocks: [BasicBlock.Saved]
    let averagePool: AveragePool.Saved
    let head: ProjectionHead.Saved

    init(
      stem: Convolution.Saved, stemNorm: BatchNorm.Saved, stemPool: MaximumPool.Saved?,
      blocks: [BasicBlock.Saved], averagePool: AveragePool.Saved, head: ProjectionHead.Saved
    ) {
      self.stem = stem
      self.stemNorm = stemNorm
      self.stemPool = stemPool
      self.blocks = blocks
      self.averagePool = averagePool
      self.head = head
    }
  }

  public func forward(
    _ views: FeatureMap, groups: Int, _ parameters: ParameterVector, _ engine: Engine
  ) -> (projection: Matrix, saved: EncoderSaved) {
    let (a, savedStem) = stem.forward(views, parameters, engine)
    var (x, savedNorm) = stemNorm.forward(a, groups: groups, parameters, engine)
    var savedPool: MaximumPool.Saved?
    if let stemPool {
      let (y, saved) = stemPool.forward(x, engine)
      x = y
      savedPool = saved
    }
    var savedBlocks: [BasicBlock.Saved] = []
    for block in blocks {
      let (y, saved) = block.forward(x, groups: groups, parameters, engine)
      x = y
      savedBlocks.append(saved)
    }
    let (features, savedAverage) = averagePool.forward(x, engine)
    let (projection, savedHead) = head.forward(features, groups: groups, parameters, engine)
    return (
      projection,
      Saved(
        stem: savedStem, stemNorm: savedNorm, stemPool: savedPool, blocks: savedBlocks,
        averagePool: savedAverage, head: savedHead)
    )
  }

  public func backward(
    _ projectionGradient: Matrix, _ saved: EncoderSaved, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine
  ) {
    guard let saved = saved as? Saved, let savedNorm = saved.stemNorm else {
      preconditionFailure("backward needs what this encoder's forward saved, once")
    }
    let features = head.backward(
      projectionGradient, saved.head, parameters, into: gradient, engine)
    var d = averagePool.backward(features, saved.averagePool, engine)
    for block in blocks.reversed() {
      d = block.backward(d, saved.blocks.removeLast(), parameters, into: gradient, engine)
    }
    if let stemPool, let savedPool = saved.stemPool {
      d = stemPool.backward(d, savedPool, engine)
    }
    saved.stemNorm = nil
    d = stemNorm.backward(d, savedNorm, parameters, into: gradient, engine)
    stem.backwardWeight(d, saved.stem, into: gradient, engine)
  }

  public func infer(_ views: FeatureMap, _ parameters: ParameterVector, _ engine: Engine) -> (
    features: Matrix, projection: Matrix
  ) {
    var x = stemNorm.infer(stem.infer(views, parameters, engine), parameters, engine)
    if let stemPool { x = stemPool.forward(x, engine).y }
    for block in blocks { x = block.infer(x, parameters, engine) }
    let features = averagePool.forward(x, engine).y
    return (features, head.infer(features, parameters, engine))
  }

  public var forwardOperations: Double {
    var side = stem.side(inputSide)
    var operations = stem.operations(outputSide: side)
    if let stemPool { side = stemPool.side(side) }
    for block in blocks {
      operations += block.operations(inputSide: side)
      side = block.side(side)
    }
    return operations + head.operations
  }
}
