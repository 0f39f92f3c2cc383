import ArgumentParser

/// Sample stores by modality.
struct StoreArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("A modality and its sample store.", valueName: "modality=store"))
  var data: [String] = []

  /// The stores in their order, each modality once.
  func stores() throws -> [(modality: String, path: String)] {
    var stores: [(modality: String, path: String)] = []
    for text in data {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--data \(text): expected MODALITY=STORE, such as image=cifar10.h5")
      }
      guard !stores.contains(where: { $0.modality == parts[0] }) else {
        throw ValidationError("--data \(parts[0]) is given twice; one store a modality")
      }
      stores.append((parts[0], parts[1]))
    }
    return stores
  }
}
