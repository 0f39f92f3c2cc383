/// Floating-point operations of one image's forward pass, 2 for a multiply-add, by direct
/// convolution: what bench figures and plans count.
extension Convolution {
  public func operations(outputSide: Int) -> Double {
    2 * Double(kernel * kernel * input * output) * Double(outputSide * outputSide)
  }
}

extension BasicBlock {
  /// The output's side for an input's.
  public func side(_ side: Int) -> Int { convolution1.side(side) }

  public func operations(inputSide: Int) -> Double {
    let side = self.side(inputSide)
    return [convolution1, convolution2, downsample?.convolution].reduce(0) {
      $0 + ($1?.operations(outputSide: side) ?? 0)
    }
  }
}
