import HDF5
import Views

extension SampleGroup {
  /// Throws where the samples are not what their modality reads: another form or shape, or numbers
  /// at another rate. A modality that this program does not know is nobody's to read.
  func checkModality(mend: String) throws {
    guard modalities.names.contains(modality) else { return }
    func wrong(_ message: String) -> StoreError {
      StoreError(file.path, "\(name): \(message): \(mend)")
    }
    let known = type(of: try modalities.make(modality))
    if let misfit = known.misfit(modality, form, shape) { throw wrong(misfit) }
    guard let expected = known.sampleRate, file.hasAttribute("sample_rate", on: name) else {
      return
    }
    let rate = try file.intAttribute("sample_rate", on: name)
    guard rate == expected else {
      throw StoreError(
        file.path, "\(name): \(modality) at \(rate) Hz; expected \(expected)")
    }
  }
}

extension Modality {
  /// What keeps samples of a form and shape from being those that the modality reads; nil where
  /// they are.
  static func misfit(_ name: String, _ form: SampleForm, _ shape: [Int]) -> String? {
    guard form == Self.form else {
      return "samples in the form '\(form.word)'; \(name) is '\(Self.form.word)'"
    }
    guard let wanted = sampleShape else { return nil }
    guard shape.count == wanted.count,
      zip(shape, wanted).allSatisfy({ $1 == nil || $0 == $1 })
    else {
      let words = wanted.map { $0.map { "\($0)" } ?? "any" }.joined(separator: ", ")
      return "samples of shape \(shape); \(name) has [\(words)]"
    }
    return nil
  }
}
