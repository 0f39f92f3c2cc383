import Catalogues
import Layers

/// What of an encoder's BatchNorm layers each modality has for itself: nothing, its running
/// statistics, or all.
public enum NormSharing: String, WordOption { case shared, statistics, own }

/// The options of an encoder whose BatchNorm layers may be the modalities' own.
protocol NormOptions {
  var norms: NormSharing { get }
  var normModalities: [String] { get }
}

extension NormOptions {
  func checkNorms() throws {
    let isShared = norms == .shared
    try ConfigurationError.require(
      isShared == normModalities.isEmpty, "norm_modalities",
      isShared ? "is for norms: own and statistics alone" : "empty; name those that have norms")
    try ConfigurationError.require(
      Set(normModalities).count == normModalities.count, "norm_modalities",
      "has a modality twice")
  }

  var normOwners: NormOwners { NormOwners(normModalities, affine: norms == .own) }
}
