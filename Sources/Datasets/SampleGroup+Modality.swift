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
    guard form == known.form else {
      throw wrong("samples in the form '\(form.word)'; \(modality) is '\(known.form.word)'")
    }
    if let wanted = known.sampleShape {
      guard shape.count == wanted.count,
        zip(shape, wanted).allSatisfy({ $1 == nil || $0 == $1 })
      else {
        let words = wanted.map { $0.map { "\($0)" } ?? "any" }.joined(separator: ", ")
        throw wrong("samples of shape \(shape); \(modality) has [\(words)]")
      }
    }
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
