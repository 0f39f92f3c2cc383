import Catalogues

/// Every modality that stores, jobs and results can name.
public let modalities = Catalogue<any Modality>(
  "modality",
  [
    .init(Image.self) { $0 },
    .init(Audio.self) { $0 },
  ])
