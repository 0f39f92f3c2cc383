import Catalogues

/// An encoder's settings with the modalities of a job filled in where each is to have a stem or
/// BatchNorm layers of its own and the settings do not say which.
/// - Parameter modalities: with the channels of their views, where not the encoder's.
public func fillModalities(
  _ settings: Tree, of modalities: [(name: String, channels: Int?)]
) -> Tree {
  func isOpen(_ list: String) -> Bool { settings[list]?.list?.isEmpty ?? true }
  var filled: Tree = [:]
  if settings["stems"]?.text == StemSharing.own.rawValue, isOpen("stem_inputs") {
    let usual = settings["channels"]?.whole ?? 3
    let inputs = modalities.map { name, channels -> Tree in
      ["modality": .text(name), "channels": .whole(channels ?? usual)]
    }
    filled = filled.with(["stem_inputs": .list(inputs)])
  }
  if let norms = settings["norms"]?.text, norms != NormSharing.shared.rawValue,
    isOpen("norm_modalities")
  {
    filled = filled.with(["norm_modalities": .texts(modalities.map(\.name))])
  }
  return settings.with(filled)
}
