import Kernels
import Tensors

/// 2-D convolution without bias, square kernel (PyTorch's Conv2d).
public struct Convolution: Sendable {
  public let weight: Range<Int>
  public let input: Int
  public let output: Int
  public let kernel: Int
  public let stride: Int
  public let padding: Int

  /// Adds its weight to `layout`. `input` may be any number for the first layer, whose input is
  /// plain; all other channel counts are multiples of 32, so that they fill vectors.
  public init(
    _ name: String, _ layout: inout ParameterLayout, input: Int, output: Int, kernel: Int,
    stride: Int = 1, padding: Int = 0
  ) {
    precondition(output % 32 == 0, "\(name): \(output) channels are not a multiple of 32")
    weight = layout.add(
      "\(name).weight", [output, input, kernel, kernel], order: .convolution)
    self.input = input
    self.output = output
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// x [images, input, height, width] -> y [images, output, …].
  public func forward(_ x: FeatureMap, _ parameters: ParameterVector, _ engine: Engine)
    -> FeatureMap
  {
    forward(x, parameters[weight].baseAddress!, MotetEpilogue(), engine)
  }

  /// With the BatchNorm that follows, by its running statistics, and what it does after itself:
  /// its scale goes into the weights, the rest into the storing of outputs.
  public func infer(
    _ x: FeatureMap, _ norm: BatchNorm, residual: FeatureMap? = nil,
    _ parameters: ParameterVector, _ engine: Engine
  ) -> FeatureMap {
    let running = norm.runningScale(parameters, engine)
    let scaled = engine.pool.take(weight.count)
    let weights = parameters[weight]
    // [kernel][kernel][in][out]
    for row in Swift.stride(from: 0, to: weight.count, by: output) {
      for channel in 0..<output {
        scaled.pointer[row + channel] = weights[row + channel] * running.pointer[channel]
      }
    }
    return forward(
      x, scaled.pointer,
      MotetEpilogue(
        shift: running.pointer + output, residual: residual?.pointer, relu: norm.relu ? 1 : 0),
      engine)
  }

  private func forward(
    _ x: FeatureMap, _ weight: UnsafePointer<Float>, _ epilogue: MotetEpilogue, _ engine: Engine
  ) -> FeatureMap {
    let y = FeatureMap(
      engine.pool, images: x.images, channels: output, height: side(x.height),
      width: side(x.width))
    let weights = rearranged(x, weight, dataGradient: false, engine)
    forImages(of: x, engine) { shape, first, scratch in
      var own = epilogue
      own.residual = epilogue.residual.map { $0 + first * y.imageCount }
      engine.kernels.convolution(
        shape, x.pointer + first * x.imageCount, weights.pointer, own,
        y.pointer + first * y.imageCount, scratch)
    }
    return y
  }

  /// The weight's gradient is added to `gradient`; `x` is what `forward` had.
  public func backwardWeight(
    _ dy: FeatureMap, _ x: FeatureMap, into gradient: ParameterVector, _ engine: Engine
  ) {
    // 32 channels are two vectors of the widest.
    engine.parallel(output, unit: 32) { outputs, own in
      let shape = shape(x)
      let scratch = own.pool.take(own.kernels.convolution_gradient_scratch(shape))
      own.kernels.convolution_weight_gradient(
        shape, x.pointer, dy.pointer, Int32(outputs.lowerBound), Int32(outputs.upperBound),
        gradient[weight].baseAddress, scratch.pointer)
    }
  }

  /// The input's gradient; the weight's is added to `gradient`.
  /// - Parameter other: the input's gradient by another way, to which this one is added in place.
  public func backward(
    _ dy: FeatureMap, _ x: FeatureMap, addingTo other: FeatureMap? = nil,
    _ parameters: ParameterVector, into gradient: ParameterVector, _ engine: Engine
  ) -> FeatureMap {
    backwardWeight(dy, x, into: gradient, engine)
    let dx =
      other
      ?? FeatureMap(
        engine.pool, images: x.images, channels: input, height: x.height, width: x.width)
    let weights = rearranged(
      x, parameters[weight].baseAddress!, dataGradient: true, engine)
    forImages(of: x, engine) { shape, first, scratch in
      engine.kernels.convolution_data_gradient(
        shape, dy.pointer + first * dy.imageCount, weights.pointer,
        dx.pointer + first * dx.imageCount, other == nil ? 0 : 1, scratch)
    }
    return dx
  }

  /// Calls `body` for some images from `first` on, on all threads, with scratch memory.
  private func forImages(
    of x: FeatureMap, _ engine: Engine,
    _ body: (MotetConvolution, _ first: Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    engine.parallel(x.images) { images, own in
      let shape = shape(x, images: images.count)
      let scratch = own.pool.take(own.kernels.convolution_scratch(shape))
      body(shape, images.lowerBound, scratch.pointer)
    }
  }

  /// The weight as the kernels want it.
  private func rearranged(
    _ x: FeatureMap, _ weight: UnsafePointer<Float>, dataGradient: Bool, _ engine: Engine
  ) -> Buffer {
    let shape = shape(x)
    let weights = engine.pool.take(engine.kernels.convolution_weights_size(shape))
    engine.onAllThreads { part, own in
      own.kernels.convolution_weights(
        shape, weight, dataGradient ? 1 : 0, Int32(part),
        Int32(engine.threads), weights.pointer)
    }
    return weights
  }

  /// The output's side for an input's.
  public func side(_ side: Int) -> Int { (side + 2 * padding - kernel) / stride + 1 }

  private func shape(_ x: FeatureMap, images: Int? = nil) -> MotetConvolution {
    precondition(x.channels == input, "convolution of \(input) channels got \(x.channels)")
    return MotetConvolution(
      images: Int32(images ?? x.images), height: Int32(x.height), width: Int32(x.width),
      in: Int32(input),
      out: Int32(output), kernel: Int32(kernel), stride: Int32(stride), padding: Int32(padding),
      plain_input: x.layout == .plain ? 1 : 0)
  }
}
