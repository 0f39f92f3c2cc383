import Catalogues
import Layers
import Tensors

/// The options that every encoder has for its head.
protocol ProjectionHeadOptions {
  var hidden: Int { get }
  var hiddenLayers: Int { get }
  var hiddenNorm: Bool { get }
  var projection: Int { get }
  var projectionNorm: Bool { get }
}

extension ProjectionHeadOptions {
  func checkHead() throws {
    try ConfigurationError.check("hidden", hidden, in: 0...65_536)
    try ConfigurationError.check("hidden_layers", hiddenLayers, in: 1...8)
    try ConfigurationError.check("projection", projection, in: 1...65_536)
    for (key, width, hasNorm) in [
      ("hidden", hidden, hiddenNorm), ("projection", projection, projectionNorm),
    ] where hasNorm {
      try ConfigurationError.require(
        width % BatchNorm.channelUnit == 0, key,
        "\(width) is not a multiple of \(BatchNorm.channelUnit), as BatchNorm needs")
    }
  }
}

extension ProjectionHead {
  init(
    _ name: String, _ layout: inout ParameterLayout, input: Int,
    _ options: some ProjectionHeadOptions
  ) {
    self = Self.each(.everyone, name, &layout, input: input, options)[0]
  }

  static func each(
    _ owners: NormOwners, _ name: String, _ layout: inout ParameterLayout, input: Int,
    _ options: some ProjectionHeadOptions
  ) -> [ProjectionHead] {
    each(
      owners, name, &layout, input: input, hidden: options.hidden,
      hiddenLayers: options.hiddenLayers, hiddenNorm: options.hiddenNorm,
      output: options.projection, outputNorm: options.projectionNorm)
  }
}
