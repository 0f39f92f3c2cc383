import Catalogues
import Layers
import Tensors

/// torchvision's resnet18, whose `fc` is the projection head: 512 features, 128 outputs, 11.24 M
/// parameters (He et al., arXiv 1512.03385; the paper's "R-18").
public struct ResNet18: PlugIn, Encoder {
  public static let name = "resnet18"
  public static let summary = "torchvision's ResNet-18; fc is the projection head"

  public struct Options: Codable, Sendable, ProjectionHeadOptions, StemOptions, NormOptions {
    /// Side of the square input.
    public var input = 128
    /// Channels of the input.
    public var channels = 3
    /// `shared`: all modalities go through one stem; `own`: each has one, and its own channels.
    public var stems = StemSharing.shared
    /// The modalities that have a stem of their own; those of the job's data, where none is given.
    public var stemInputs: [StemInput] = []
    /// `shared`: one BatchNorm for all modalities; `statistics`: each modality has running
    /// statistics of its own; `own`: weights and biases too. That of a stem that is a modality's
    /// own is so in any case.
    public var norms = NormSharing.shared
    /// The modalities that have norms of their own; those of the job's data, where none is given.
    public var normModalities: [String] = []
    /// `standard`: 7×7 stride 2 and 3×3 maximum pool; `small`: 3×3 stride 1, no pool, for 32×32.
    public var stem = Stem.standard
    /// Width of the projection head's hidden layers (Linear, ReLU); 0 for none.
    public var hidden = 0
    /// How many hidden layers of that width (Barlow Twins' own projector: 2).
    public var hiddenLayers = 1
    /// BatchNorm in each hidden layer.
    public var hiddenNorm = false
    /// Columns of the projection.
    public var projection = 128
    /// A BatchNorm without weights and biases behind the projection (SimSiam's and Orchestra's).
    public var projectionNorm = false

    enum CodingKeys: String, CodingKey {
      case input, channels, stems, norms, stem, hidden, projection
      case stemInputs = "stem_inputs"
      case normModalities = "norm_modalities"
      case hiddenLayers = "hidden_layers"
      case hiddenNorm = "hidden_norm"
      case projectionNorm = "projection_norm"
    }
  }

  /// What stands before the blocks.
  public enum Stem: String, WordOption { case standard, small }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "input": "side of the square input",
    "channels": "channels of the input",
    "stems": "shared (one stem) or own (one for each modality, with its channels)",
    "stem_inputs": "modalities with a stem of their own; where empty, those of the data",
    "norms": "BatchNorm: shared, or each modality its own statistics, or all its own (own)",
    "norm_modalities": "modalities with norms of their own; where empty, those of the data",
    "stem": "standard (7x7 stride 2, 3x3 maximum) or small (3x3, for 32x32 inputs)",
    "hidden": "width of the projection head's hidden layers; 0 for none",
    "hidden_layers": "how many hidden layers of that width",
    "hidden_norm": "whether each hidden layer has a BatchNorm",
    "projection": "columns of the projection, which the loss sees",
    "projection_norm": "whether the projection goes through a BatchNorm without weights",
  ]

  public let layout: ParameterLayout
  let options: Options
  public let headName = "fc"
  public let inputSide: Int
  public let featureCount = 512
  public let projectionCount: Int
  private let owners: NormOwners
  /// One for each owner of norms; a modality's own stem is one alone.
  private let stems: Stems<[ResNetStem]>
  /// For each owner of norms.
  private let blocks: [[BasicBlock]]
  private let averagePool = AveragePool()
  /// For each owner of norms.
  private let heads: [ProjectionHead]

  public init(_ options: Options) throws {
    try ConfigurationError.check("input", options.input, in: 16...1024)
    try options.checkStems()
    try options.checkNorms()
    try options.checkHead()
    self.options = options
    inputSide = options.input
    projectionCount = options.projection
    let owners = options.normOwners
    self.owners = owners
    var layout = ParameterLayout()
    stems = Stems(options) {
      ResNetStem.each(
        options.stems == .own ? .everyone : owners, $0, &layout, channels: $1,
        isSmall: options.stem == .small)
    }
    var blocks = [[BasicBlock]](repeating: [], count: max(1, owners.modalities.count))
    var channels = 64
    for (stage, output) in [64, 128, 256, 512].enumerated() {
      for index in 0..<2 {
        let each = BasicBlock.each(
          owners, "layer\(stage + 1).\(index)", &layout, input: channels, output: output,
          stride: stage > 0 && index == 0 ? 2 : 1)
        for (owner, block) in each.enumerated() { blocks[owner].append(block) }
        channels = output
      }
    }
    self.blocks = blocks
    heads = ProjectionHead.each(owners, headName, &layout, input: 512, options)
    self.layout = layout
  }

  public func inputChannels(of modality: String) -> Int? {
    owners.index(of: modality) == nil ? nil : stems.channels(of: modality)
  }

  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    let fresh = Initialisation(parameters, seed: seed)
    for stem in stems.all {
      stem[0].initialise(fresh)
      for other in stem.dropFirst() { other.initialiseNorm(fresh) }
    }
    for block in blocks[0] { fresh.block(block) }
    for block in blocks.dropFirst().joined() { fresh.norms(of: block) }
    heads[0].initialise(fresh) { fresh.uniform($0) }
    for head in heads.dropFirst() { head.initialiseNorms(fresh) }
  }

  /// The layers that a modality's views go through.
  private struct Path {
    let stem: ResNetStem
    let blocks: [BasicBlock]
    let head: ProjectionHead
  }

  private subscript(modality: String) -> Path {
    guard let owner = owners.index(of: modality) else {
      preconditionFailure("the encoder has no BatchNorm for \(modality)")
    }
    let stem = stems[modality]
    return Path(
      stem: stem[stem.count == 1 ? 0 : owner], blocks: blocks[owner], head: heads[owner])
  }

  private final class Saved: EncoderSaved {
    var stem: (modality: String, saved: ResNetStem.Saved)?
    /// What goes into each block, and out of the last; nil where it is made again.
    var features: [FeatureMap?]
    var blocks: [BasicBlock.Saved]
    let averagePool: AveragePool.Saved
    let head: ProjectionHead.Saved

    init(
      stem: (modality: String, saved: ResNetStem.Saved),
      features: [FeatureMap?], blocks: [BasicBlock.Saved], averagePool: AveragePool.Saved,
      head: ProjectionHead.Saved
    ) {
      self.stem = stem
      self.features = features
      self.blocks = blocks
      self.averagePool = averagePool
      self.head = head
    }
  }

  /// Of the features before and after blocks, `recompute` keeps one in so many, the last among
  /// them.
  private static let keptFeatures = 4

  /// With `recompute`, backward makes the stem's convolution again, and by passes over the features
  /// what lies between a block's convolutions and between most blocks.
  public func forward(
    _ views: FeatureMap, of modality: String, groups: Int, recompute: Bool,
    _ parameters: ParameterVector, _ engine: Engine
  ) -> (output: EncoderOutput, saved: EncoderSaved) {
    let path = self[modality]
    var (x, savedStem) = path.stem.forward(
      views, groups: groups, recompute: recompute, parameters, engine)
    var features: [FeatureMap?] = [x]
    var savedBlocks: [BasicBlock.Saved] = []
    for (index, block) in path.blocks.enumerated() {
      let (y, saved) = block.forward(
        x, groups: groups, recompute: recompute, parameters, engine)
      x = y
      features.append(recompute && (index + 1) % Self.keptFeatures != 0 ? nil : x)
      savedBlocks.append(saved)
    }
    let (pooled, savedAverage) = averagePool.forward(x, engine)
    let (projection, savedHead) = path.head.forward(pooled, groups: groups, parameters, engine)
    return (
      EncoderOutput(features: pooled, projection: projection),
      Saved(
        stem: (modality, savedStem), features: features, blocks: savedBlocks,
        averagePool: savedAverage, head: savedHead)
    )
  }

  public func backward(
    _ output: EncoderGradient, _ saved: EncoderSaved, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine
  ) {
    guard let saved = saved as? Saved, let stem = saved.stem else {
      preconditionFailure("backward needs what this encoder's forward saved, once")
    }
    let path = self[stem.modality]
    let dpooled = path.head.backward(
      output.projection, saved.head, parameters, into: gradient, engine)
    output.addFeatures(to: dpooled, engine)
    var d = averagePool.backward(dpooled, saved.averagePool, engine)
    guard var y = saved.features.removeLast() else {
      preconditionFailure("the last block's output was not kept")
    }
    for (index, block) in path.blocks.enumerated().reversed() {
      let x = features(index, path.blocks, saved, engine)
      saved.features.removeLast()
      d = block.backward(
        d, saved.blocks.removeLast(), x: x, y: y, parameters, into: gradient, engine)
      y = x
    }
    saved.stem = nil
    path.stem.backward(d, stem.saved, parameters, into: gradient, engine)
  }

  /// What goes into a block, kept or made again.
  private func features(
    _ index: Int, _ blocks: [BasicBlock], _ saved: Saved, _ engine: Engine
  ) -> FeatureMap {
    saved.features[index]
      ?? blocks[index - 1].again(
        saved.blocks[index - 1], features(index - 1, blocks, saved, engine), engine)
  }

  public func infer(
    _ views: FeatureMap, of modality: String, _ parameters: ParameterVector, _ engine: Engine
  ) -> EncoderOutput {
    let path = self[modality]
    var x = path.stem.infer(views, parameters, engine)
    for block in path.blocks { x = block.infer(x, parameters, engine) }
    let features = averagePool.forward(x, engine).y
    return EncoderOutput(
      features: features, projection: path.head.infer(features, parameters, engine))
  }

  public var forwardOperations: Double {
    var (side, operations) = stems.all.first?[0].cost(inputSide: inputSide) ?? (inputSide, 0)
    for block in blocks[0] {
      operations += block.operations(inputSide: side)
      side = block.side(side)
    }
    return operations + heads[0].operations
  }
}
