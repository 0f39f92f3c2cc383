import Kernels

/// Memory of layers in training, for plans.
extension Convolution {
  /// Scratch values of a batch of square inputs.
  public func scratchFloats(images: Int, side: Int, plain: Bool = false, _ engine: Engine) -> Int {
    engine.kernels.convolution_scratch(
      MotetConvolution(
        images: Int32(images), height: Int32(side), width: Int32(side), in: Int32(input),
        out: Int32(output), kernel: Int32(kernel), stride: Int32(stride), padding: Int32(padding),
        plain_input: plain ? 1 : 0))
  }
}

extension BasicBlock {
  /// Values that an image's backward pass needs, for the output's side.
  public func savedFloats(side: Int) -> Int {
    // What each convolution makes, and what each ReLU.
    (downsample == nil ? 4 : 5) * convolution1.output * side * side
  }

  public func scratchFloats(images: Int, side: Int, _ engine: Engine) -> Int {
    max(
      convolution1.scratchFloats(images: images, side: side, engine),
      convolution2.scratchFloats(images: images, side: self.side(side), engine))
  }
}
