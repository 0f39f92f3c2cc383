import Tensors

/// Random values for fresh parameters, each from the stream of its own place in the layout.
public struct Initialisation {
  private let parameters: ParameterVector
  private let seed: UInt64

  public init(_ parameters: ParameterVector, seed: UInt64) {
    self.parameters = parameters
    self.seed = seed
  }

  /// Normal with standard deviation √(2 / (output · kernel²)): He et al., fan out.
  public func kaiming(_ convolution: Convolution) {
    let fan = Double(convolution.output * convolution.kernel * convolution.kernel)
    fill(convolution.weight) { Float((2 / fan).squareRoot() * $0.normal()) }
  }

  /// Weight and bias uniform within ±1/√input (PyTorch's default).
  public func uniform(_ linear: Linear) {
    let bound = Float((1 / Double(linear.input)).squareRoot())
    fill(linear.weight) { $0.uniform(in: -bound...bound) }
    fill(linear.bias) { $0.uniform(in: -bound...bound) }
  }

  /// γ 1, β 0, running mean 0, running variance 1.
  public func identity(_ norm: BatchNorm) {
    if let affine = norm.affine {
      parameters[affine.weight].update(repeating: 1)
      parameters[affine.bias].update(repeating: 0)
    }
    parameters[norm.runningMean].update(repeating: 0)
    parameters[norm.runningVariance].update(repeating: 1)
  }

  /// Every convolution and BatchNorm of a block.
  public func block(_ block: BasicBlock) {
    for convolution in [block.convolution1, block.convolution2] { kaiming(convolution) }
    if let downsample = block.downsample { kaiming(downsample.convolution) }
    norms(of: block)
  }

  /// Every BatchNorm of a block.
  public func norms(of block: BasicBlock) {
    for norm in [block.norm1, block.norm2] { identity(norm) }
    if let downsample = block.downsample { identity(downsample.norm) }
  }

  /// γ 1, β 0.
  public func identity(_ norm: LayerNorm) {
    parameters[norm.weight].update(repeating: 1)
    parameters[norm.bias].update(repeating: 0)
  }

  /// A transformer's linear layer: weight normal with deviation 0.02, bias 0.
  public func transformer(_ linear: Linear) {
    normal(linear.weight)
    parameters[linear.bias].update(repeating: 0)
  }

  /// Every layer of a block.
  public func transformer(_ block: TransformerBlock) {
    for norm in [block.norm1, block.norm2] { identity(norm) }
    for linear in [
      block.attention.qkv, block.attention.projection, block.mlp.first, block.mlp.second,
    ] { transformer(linear) }
  }

  /// Positions, class token and weight normal with deviation 0.02, bias 0.
  public func transformer(_ embedding: PatchEmbedding) {
    for range in [embedding.classToken, embedding.positions, embedding.weight] {
      if let range { normal(range) }
    }
    parameters[embedding.bias].update(repeating: 0)
  }

  private func normal(_ range: Range<Int>) {
    fill(range) { Float(0.02 * $0.normal()) }
  }

  private func fill(_ range: Range<Int>, _ draw: (inout RandomStream) -> Float) {
    var random = RandomStream(seed: seed, purpose: .initialisation, sample: range.lowerBound)
    let values = parameters[range]
    for i in 0..<values.count { values[i] = draw(&random) }
  }
}
