import HDF5
import Views

extension SampleGroup {
  /// Throws where the samples are not what their modality reads: another form or shape, or numbers
  /// at another rate.
  func checkModality(mend: String) throws {
    if let misfit = misfit(modality, form, shape) {
      throw StoreError(file.path, "\(name): \(misfit): \(mend)")
    }
    guard let expected = known(modality)?.sampleRate,
      try file.hasAttribute("sample_rate", on: name)
    else { return }
    let rate = try file.intAttribute("sample_rate", on: name)
    guard rate == expected else {
      throw StoreError(
        file.path, "\(name): \(modality) at \(rate) Hz; expected \(expected)")
    }
  }
}

/// What keeps samples of a form and shape from being those that a modality reads; nil where they
/// are. A modality that this program does not know is nobody's to read.
func misfit(_ modality: String, _ form: SampleForm, _ shape: [Int]) -> String? {
  guard let known = known(modality) else { return nil }
  guard form == known.form else {
    return "samples in the form '\(form.word)'; \(modality) is '\(known.form.word)'"
  }
  guard let wanted = known.sampleShape else { return nil }
  guard shape.count == wanted.count,
    zip(shape, wanted).allSatisfy({ $1 == nil || $0 == $1 })
  else {
    let words = wanted.map { $0.map { "\($0)" } ?? "any" }.joined(separator: ", ")
    return "samples of shape \(shape); \(modality) has [\(words)]"
  }
  return nil
}

/// The type of a modality of the catalogue, in its own settings.
private func known(_ modality: String) -> (any Modality.Type)? {
  guard modalities.names.contains(modality) else { return nil }
  return (try? modalities.make(modality)).map { type(of: $0) }
}
