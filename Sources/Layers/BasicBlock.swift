import Tensors

/// ResNet's basic block: two 3×3 convolutions with BatchNorm around a residual connection, which
/// is a strided 1×1 convolution where the shape changes (He et al., arXiv 1512.03385; torchvision).
public struct BasicBlock: Sendable {
  let convolution1: Convolution
  let norm1: BatchNorm
  let convolution2: Convolution
  let norm2: BatchNorm
  let downsample: (convolution: Convolution, norm: BatchNorm)?

  /// Adds a block to a layout: for each owner of BatchNorm layers the block that has them; the
  /// convolutions are the same.
  public static func each(
    _ owners: NormOwners, _ name: String, _ layout: inout ParameterLayout, input: Int,
    output: Int, stride: Int
  ) -> [BasicBlock] {
    let convolution1 = Convolution(
      "\(name).conv1", &layout, input: input, output: output, kernel: 3, stride: stride,
      padding: 1)
    let norms1 = owners.layers("\(name).bn1", &layout, channels: output, relu: true)
    let convolution2 = Convolution(
      "\(name).conv2", &layout, input: output, output: output, kernel: 3, padding: 1)
    let norms2 = owners.layers("\(name).bn2", &layout, channels: output, relu: true)
    var downsample: (convolution: Convolution, norms: [BatchNorm])?
    if stride != 1 || input != output {
      downsample = (
        Convolution(
          "\(name).downsample.0", &layout, input: input, output: output, kernel: 1,
          stride: stride),
        owners.layers("\(name).downsample.1", &layout, channels: output, relu: false)
      )
    }
    return norms1.indices.map { owner in
      BasicBlock(
        convolution1: convolution1, norm1: norms1[owner], convolution2: convolution2,
        norm2: norms2[owner], downsample: downsample.map { ($0.convolution, $0.norms[owner]) })
    }
  }

  public struct Saved {
    let norm1: BatchNorm.Saved
    /// Between the convolutions; nil where it is made again.
    let middle: FeatureMap?
    let norm2: BatchNorm.Saved
    let downsample: BatchNorm.Saved?
  }

  /// - Parameter recompute: whether what lies between the convolutions is made again.
  public func forward(
    _ x: FeatureMap, groups: Int, recompute: Bool = false, _ p: ParameterVector, _ engine: Engine
  ) -> (y: FeatureMap, saved: Saved) {
    let (b, saved1) = norm1.forward(
      convolution1.forward(x, p, engine), groups: groups, p, engine)
    let c = convolution2.forward(b, p, engine)
    var identity = x
    var savedDownsample: BatchNorm.Saved?
    if let downsample {
      let (e, saved) = downsample.norm.forward(
        downsample.convolution.forward(x, p, engine), groups: groups, p, engine)
      identity = e
      savedDownsample = saved
    }
    let (y, saved2) = norm2.forward(c, residual: identity, groups: groups, p, engine)
    return (
      y,
      Saved(
        norm1: saved1, middle: recompute ? nil : b, norm2: saved2,
        downsample: savedDownsample)
    )
  }

  /// The output of a forward pass from `x` once more, the same bits.
  public func again(_ saved: Saved, _ x: FeatureMap, _ engine: Engine) -> FeatureMap {
    var identity = x
    if let downsample, let saved = saved.downsample {
      identity = downsample.norm.again(saved, engine)
    }
    return norm2.again(saved.norm2, residual: identity, engine)
  }

  public func infer(_ x: FeatureMap, _ p: ParameterVector, _ engine: Engine) -> FeatureMap {
    let b = convolution1.infer(x, norm1, p, engine)
    let identity = downsample.map { $0.convolution.infer(x, $0.norm, p, engine) }
    return convolution2.infer(b, norm2, residual: identity ?? x, p, engine)
  }

  /// The gradient of the input `x`; the parameters' are added to `gradient`. `y` is the output.
  /// `dy` is overwritten.
  public func backward(
    _ dy: FeatureMap, _ saved: Saved, x: FeatureMap, y: FeatureMap,
    _ p: ParameterVector, into gradient: ParameterVector, _ engine: Engine
  ) -> FeatureMap {
    let dc = norm2.backward(
      dy, saved.norm2, y: y, hadResidual: true, p, into: gradient, engine)
    // From here on `dy` holds the residual's gradient.
    let middle = saved.middle ?? norm1.again(saved.norm1, engine)
    let db = convolution2.backward(dc, middle, p, into: gradient, engine)
    let da = norm1.backward(db, saved.norm1, p, into: gradient, engine)
    var identity = dy
    if let downsample, let saved = saved.downsample {
      let dd = downsample.norm.backward(dy, saved, p, into: gradient, engine)
      identity = downsample.convolution.backward(dd, x, p, into: gradient, engine)
    }
    return convolution1.backward(da, x, addingTo: identity, p, into: gradient, engine)
  }
}
