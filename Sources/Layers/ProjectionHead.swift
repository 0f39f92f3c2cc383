import Tensors

/// From features to the projection that the loss sees, and what a method may have after it: one
/// linear layer; or hidden layers before it, each a linear layer, BatchNorm where asked, and ReLU;
/// and a BatchNorm without γ and β behind it, where asked. Named as PyTorch names `fc`, or `fc.0`,
/// `fc.2`, … of a Sequential.
public struct ProjectionHead: Sendable {
  private let hidden: [(linear: Linear, norm: BatchNorm?)]
  private let last: Linear
  private let lastNorm: BatchNorm?

  /// One head, whose BatchNorm layers are everyone's.
  public init(
    _ name: String, _ layout: inout ParameterLayout, input: Int, hidden: Int,
    hiddenLayers: Int = 1, hiddenNorm: Bool, output: Int
  ) {
    self =
      Self.each(
        .everyone, name, &layout, input: input, hidden: hidden, hiddenLayers: hiddenLayers,
        hiddenNorm: hiddenNorm, output: output)[0]
  }

  private init(
    hidden: [(linear: Linear, norm: BatchNorm?)], last: Linear, lastNorm: BatchNorm?
  ) {
    self.hidden = hidden
    self.last = last
    self.lastNorm = lastNorm
  }

  /// Adds a head to a layout: for each owner of BatchNorm layers the head that has them; the linear
  /// layers are the same.
  /// - Parameters:
  ///   - hidden: width of the hidden layers; 0 for none.
  ///   - hiddenNorm: whether each has a BatchNorm; its width is then a multiple of
  ///     `BatchNorm.channelUnit`.
  ///   - outputNorm: whether the outputs go through a BatchNorm without γ and β; their number is
  ///     then such a multiple.
  public static func each(
    _ owners: NormOwners, _ name: String, _ layout: inout ParameterLayout, input: Int,
    hidden hiddenWidth: Int, hiddenLayers: Int = 1, hiddenNorm: Bool, output: Int,
    outputNorm: Bool = false
  ) -> [ProjectionHead] {
    var width = input
    var place = 0
    var hidden: [(linear: Linear, norms: [BatchNorm]?)] = []
    for _ in 0..<(hiddenWidth > 0 ? hiddenLayers : 0) {
      let linear = Linear("\(name).\(place)", &layout, input: width, output: hiddenWidth)
      let norms =
        hiddenNorm
        ? owners.layers("\(name).\(place + 1)", &layout, channels: hiddenWidth, relu: true) : nil
      hidden.append((linear, norms))
      width = hiddenWidth
      place += hiddenNorm ? 3 : 2
    }
    // A linear layer alone is no Sequential.
    let isAlone = hidden.isEmpty && !outputNorm
    let last = Linear(
      isAlone ? name : "\(name).\(place)", &layout, input: width, output: output)
    let lastNorms =
      outputNorm
      ? owners.layers(
        "\(name).\(place + 1)", &layout, channels: output, relu: false, plain: true) : nil
    return (0..<max(1, owners.modalities.count)).map { owner in
      ProjectionHead(
        hidden: hidden.map { ($0.linear, $0.norms?[owner]) }, last: last,
        lastNorm: lastNorms?[owner])
    }
  }

  public struct Saved {
    struct Layer {
      let linear: Linear.Saved
      let norm: BatchNorm.Saved?
      /// After the ReLU, where no BatchNorm knows what it let through.
      let active: Matrix?
    }
    let hidden: [Layer]
    let last: Linear.Saved
    let lastNorm: BatchNorm.Saved?
  }

  /// Every parameter fresh; `linear` is the encoder's rule for linear layers.
  public func initialise(_ fresh: Initialisation, _ linear: (Linear) -> Void) {
    for layer in hidden { linear(layer.linear) }
    initialiseNorms(fresh)
    linear(last)
  }

  /// Every BatchNorm fresh.
  public func initialiseNorms(_ fresh: Initialisation) {
    for norm in hidden.map(\.norm) + [lastNorm] { if let norm { fresh.identity(norm) } }
  }

  /// `groups` consecutive parts of the batch have their own batch statistics.
  public func forward(
    _ x: Matrix, groups: Int, _ parameters: ParameterVector, _ engine: Engine
  ) -> (projection: Matrix, saved: Saved) {
    var x = x
    var saved: [Saved.Layer] = []
    for layer in hidden {
      let (a, savedLinear) = layer.linear.forward(x, parameters, engine)
      if let norm = layer.norm {
        let (b, savedNorm) = norm.forward(
          FeatureMap(rows: a), groups: groups, parameters, engine)
        saved.append(Saved.Layer(linear: savedLinear, norm: savedNorm, active: nil))
        x = b.rows
      } else {
        x = relu(a, engine)
        saved.append(Saved.Layer(linear: savedLinear, norm: nil, active: x))
      }
    }
    let (y, savedLast) = last.forward(x, parameters, engine)
    guard let lastNorm else {
      return (y, Saved(hidden: saved, last: savedLast, lastNorm: nil))
    }
    let (z, savedNorm) = lastNorm.forward(
      FeatureMap(rows: y), groups: groups, parameters, engine)
    return (z.rows, Saved(hidden: saved, last: savedLast, lastNorm: savedNorm))
  }

  /// With the running statistics.
  public func infer(_ x: Matrix, _ parameters: ParameterVector, _ engine: Engine) -> Matrix {
    var x = x
    for layer in hidden {
      let a = layer.linear.forward(x, parameters, engine).y
      x =
        layer.norm.map { $0.infer(FeatureMap(rows: a), parameters, engine).rows }
        ?? relu(a, engine)
    }
    let y = last.forward(x, parameters, engine).y
    return lastNorm.map { $0.infer(FeatureMap(rows: y), parameters, engine).rows } ?? y
  }

  /// The features' gradient; the parameters' are added to `gradient`.
  public func backward(
    _ dy: Matrix, _ saved: Saved, _ parameters: ParameterVector, into gradient: ParameterVector,
    _ engine: Engine
  ) -> Matrix {
    var d = dy
    if let lastNorm, let savedNorm = saved.lastNorm {
      // The BatchNorm's gradient takes its argument's memory, which is the caller's here.
      let own = Matrix(engine.pool, rows: dy.rows, columns: dy.columns)
      own.pointer.update(from: dy.pointer, count: dy.floats.count)
      d =
        lastNorm.backward(
          FeatureMap(rows: own), savedNorm, parameters, into: gradient, engine
        ).rows
    }
    d = last.backward(d, saved.last, parameters, into: gradient, engine)
    for (layer, kept) in zip(hidden, saved.hidden).reversed() {
      if let norm = layer.norm, let savedNorm = kept.norm {
        d = norm.backward(FeatureMap(rows: d), savedNorm, parameters, into: gradient, engine).rows
      } else if let active = kept.active {
        engine.kernels.relu_gradient(d.floats.count, d.pointer, active.pointer, d.pointer)
      }
      d = layer.linear.backward(d, kept.linear, parameters, into: gradient, engine)
    }
    return d
  }

  private func relu(_ x: Matrix, _ engine: Engine) -> Matrix {
    let y = Matrix(engine.pool, rows: x.rows, columns: x.columns)
    engine.kernels.relu(x.floats.count, x.pointer, y.pointer)
    return y
  }

  /// Floating-point operations for one row.
  public var operations: Double { hidden.reduce(last.operations) { $0 + $1.linear.operations } }
}
