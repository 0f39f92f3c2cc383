import Layers
import Tensors

/// What stands before a ResNet's blocks: a convolution, BatchNorm and ReLU, and in the standard one
/// a maximum over 3×3 with stride 2.
struct ResNetStem: Sendable {
  private let convolution: Convolution
  private let norm: BatchNorm
  /// `norm` and the maximum after it; nil where there is no maximum.
  private let pool: NormPool?

  private init(_ convolution: Convolution, _ norm: BatchNorm, isSmall: Bool) {
    self.convolution = convolution
    self.norm = norm
    pool = isSmall ? nil : NormPool(norm)
  }

  /// Adds a stem to a layout: for each owner of BatchNorm layers the stem that has them; the
  /// convolution is the same.
  /// - Parameter isSmall: 3×3 with stride 1 and no maximum, for 32×32, instead of 7×7 with stride
  ///   2.
  static func each(
    _ owners: NormOwners, _ prefix: String, _ layout: inout ParameterLayout, channels: Int,
    isSmall: Bool
  ) -> [ResNetStem] {
    let convolution = Convolution(
      "\(prefix)conv1", &layout, input: channels, output: 64, kernel: isSmall ? 3 : 7,
      stride: isSmall ? 1 : 2, padding: isSmall ? 1 : 3)
    return owners.layers("\(prefix)bn1", &layout, channels: 64, relu: true)
      .map { ResNetStem(convolution, $0, isSmall: isSmall) }
  }

  /// What the backward pass needs.
  struct Saved {
    enum Norm {
      case norm(BatchNorm.Saved)
      case pool(NormPool, NormPool.Saved)

      /// The convolution's output, where it was kept.
      var x: FeatureMap? {
        switch self {
        case .norm(let saved): saved.x
        case .pool(_, let saved): saved.x
        }
      }
    }

    let views: FeatureMap
    let norm: Norm
  }

  func initialise(_ fresh: Initialisation) {
    fresh.kaiming(convolution)
    initialiseNorm(fresh)
  }

  func initialiseNorm(_ fresh: Initialisation) { fresh.identity(norm) }

  /// With `recompute`, backward makes the convolution again.
  func forward(
    _ views: FeatureMap, groups: Int, recompute: Bool, _ parameters: ParameterVector,
    _ engine: Engine
  ) -> (y: FeatureMap, saved: Saved) {
    let x = convolution.forward(views, parameters, engine)
    if let pool {
      let (y, saved) = pool.forward(x, groups: groups, keepInput: !recompute, parameters, engine)
      return (y, Saved(views: views, norm: .pool(pool, saved)))
    }
    let (y, saved) = norm.forward(x, groups: groups, inPlace: recompute, parameters, engine)
    return (y, Saved(views: views, norm: .norm(saved)))
  }

  /// Adds the parameters' gradient to `gradient`; views need none.
  func backward(
    _ dy: FeatureMap, _ saved: Saved, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine
  ) {
    let x = saved.norm.x ?? convolution.forward(saved.views, parameters, engine)
    let d =
      switch saved.norm {
      case .norm(let saved):
        norm.backward(dy, saved, x: x, parameters, into: gradient, engine)
      case .pool(let pool, let saved):
        pool.backward(dy, saved, x: x, parameters, into: gradient, engine)
      }
    convolution.backwardWeight(d, saved.views, into: gradient, engine)
  }

  /// With the running statistics.
  func infer(
    _ views: FeatureMap, _ parameters: ParameterVector, _ engine: Engine
  ) -> FeatureMap {
    pool?.infer(convolution.forward(views, parameters, engine), parameters, engine)
      ?? convolution.infer(views, norm, parameters, engine)
  }

  /// Side of the output, and floating-point operations for one view.
  func cost(inputSide: Int) -> (side: Int, operations: Double) {
    let side = convolution.side(inputSide)
    return (pool?.side(side) ?? side, convolution.operations(outputSide: side))
  }
}
