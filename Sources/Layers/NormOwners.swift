import Tensors

/// Whose a network's BatchNorm layers are: everyone's, or each modality's own, of which the running
/// statistics alone may be its own and γ and β everyone's.
///
/// What is a modality's own has PyTorch's name after `norms.MODALITY.`, and lies where the layer
/// for all would, the modalities one after the other: with one modality alone, nothing moves.
public struct NormOwners: Sendable {
  /// In order; none where one layer serves all.
  public let modalities: [String]
  /// Whether γ and β are each modality's own too.
  public let affine: Bool

  public static let everyone = NormOwners([], affine: false)

  public init(_ modalities: [String], affine: Bool) {
    self.modalities = modalities
    self.affine = affine
  }

  /// Which of the layers are a modality's; nil where none are.
  public func index(of modality: String) -> Int? {
    modalities.isEmpty ? 0 : modalities.firstIndex(of: modality)
  }

  /// Adds a BatchNorm to a layout: one layer for each owner.
  /// - Parameter plain: whether it has no γ and β.
  public func layers(
    _ name: String, _ layout: inout ParameterLayout, channels: Int, relu: Bool,
    plain: Bool = false
  ) -> [BatchNorm] {
    let names =
      modalities.isEmpty
      ? [name] : modalities.map { ParameterLayout.name(name, of: $0, in: .norms) }
    let isOwn = modalities.isEmpty || affine
    let shared =
      plain || isOwn ? nil : BatchNorm.Affine(name, &layout, channels: channels)
    return names.map {
      BatchNorm(
        $0, &layout, channels: channels, relu: relu,
        affine: plain || !isOwn ? shared : BatchNorm.Affine($0, &layout, channels: channels))
    }
  }
}
