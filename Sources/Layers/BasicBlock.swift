import Tensors

/// ResNet's basic block: two 3×3 convolutions with BatchNorm around a residual connection, which
/// is a strided 1×1 convolution where the shape changes (He et al., arXiv 1512.03385; torchvision).
public struct BasicBlock: Sendable {
  let convolution1: Convolution
  let norm1: BatchNorm
  let convolution2: Convolution
  let norm2: BatchNorm
  let downsample: (convolution: Convolution, norm: BatchNorm)?

  public init(
    _ name: String, _ layout: inout ParameterLayout, input: Int, output: Int, stride: Int
  ) {
    convolution1 = Convolution(
      "\(name).conv1", &layout, input: input, output: output, kernel: 3, stride: stride,
      padding: 1)
    norm1 = BatchNorm("\(name).bn1", &layout, channels: output, relu: true)
    convolution2 = Convolution(
      "\(name).conv2", &layout, input: output, output: output, kernel: 3, padding: 1)
    norm2 = BatchNorm("\(name).bn2", &layout, channels: output, relu: true)
    if stride != 1 || input != output {
      downsample = (
        Convolution(
          "\(name).downsample.0", &layout, input: input, output: output, kernel: 1,
          stride: stride),
        BatchNorm("\(name).downsample.1", &layout, channels: output, relu: false)
      )
    } else {
      downsample = nil
    }
  }

  public struct Saved {
    let convolution1: Convolution.Saved
    let norm1: BatchNorm.Saved
    let convolution2: Convolution.Saved
    let norm2: BatchNorm.Saved
    let downsample: (convolution: Convolution.Saved, norm: BatchNorm.Saved)?
  }

  public func forward(
    _ x: FeatureMap, groups: Int, _ p: ParameterVector, _ engine: Engine
  ) -> (y: FeatureMap, saved: Saved) {
    let (a, savedA) = convolution1.forward(x, p, engine)
    let (b, savedB) = norm1.forward(a, groups: groups, p, engine)
    let (c, savedC) = convolution2.forward(b, p, engine)
    var identity = x
    var savedDownsample: (Convolution.Saved, BatchNorm.Saved)?
    if let downsample {
      let (d, savedD) = downsample.convolution.forward(x, p, engine)
      let (e, savedE) = downsample.norm.forward(d, groups: groups, p, engine)
      identity = e
      savedDownsample = (savedD, savedE)
    }
    let (y, savedY) = norm2.forward(c, residual: identity, groups: groups, p, engine)
    return (
      y,
      Saved(
        convolution1: savedA, norm1: savedB, convolution2: savedC, norm2: savedY,
        downsample: savedDownsample)
    )
  }

  public func infer(_ x: FeatureMap, _ p: ParameterVector, _ engine: Engine) -> FeatureMap {
    let b = norm1.infer(convolution1.infer(x, p, engine), p, engine)
    let c = convolution2.infer(b, p, engine)
    let identity = downsample.map {
      $0.norm.infer($0.convolution.infer(x, p, engine), p, engine)
    }
    return norm2.infer(c, residual: identity ?? x, p, engine)
  }

  /// The input's gradient; the parameters' are added to `gradient`. `dy` is overwritten.
  public func backward(
    _ dy: FeatureMap, _ saved: Saved, _ p: ParameterVector, into gradient: ParameterVector,
    _ engine: Engine
  ) -> FeatureMap {
    let dc = norm2.backward(dy, saved.norm2, hadResidual: true, p, into: gradient, engine)
    // From here on `dy` holds the residual's gradient.
    let db = convolution2.backward(dc, saved.convolution2, p, into: gradient, engine)
    let da = norm1.backward(db, saved.norm1, p, into: gradient, engine)
    let dx = convolution1.backward(da, saved.convolution1, p, into: gradient, engine)
    var identity = dy
    if let downsample, let saved = saved.downsample {
      let dd = downsample.norm.backward(dy, saved.norm, p, into: gradient, engine)
      identity = downsample.convolution.backward(dd, saved.convolution, p, into: gradient, engine)
    }
    engine.parallel(dx.buffer.floats.count, unit: 1024) { part, own in
      own.kernels.add(
        part.count, identity.pointer + part.lowerBound, dx.pointer + part.lowerBound)
    }
    return dx
  }
}
