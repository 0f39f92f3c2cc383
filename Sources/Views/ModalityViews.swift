/// The makers of one modality's views, one for each thread.
public struct ModalityViews {
  public let modality: String
  public let makers: [any ViewMaker]

  public init(modality: String, makers: [any ViewMaker]) {
    precondition(!makers.isEmpty, "no maker of views of \(modality)")
    self.modality = modality
    self.makers = makers
  }
}
