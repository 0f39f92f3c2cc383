import ArgumentParser
import Jobs

/// Sample stores by modality.
struct StoreArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("A modality and its sample store.", valueName: "modality=store"))
  var data: [String] = []

  /// The stores in their order, each modality once.
  func stores() throws -> [(modality: String, path: String)] {
    var stores: [(modality: String, path: String)] = []
    for text in data {
      let setting = try Setting(text, option: "--data", example: "image=cifar10.h5")
      guard !setting.text.isEmpty else {
        throw ValidationError("--data \(text): no store is named, as in image=cifar10.h5")
      }
      guard !stores.contains(where: { $0.modality == setting.key }) else {
        throw ValidationError("--data \(setting.key) is given twice; one store a modality")
      }
      stores.append((setting.key, setting.text))
    }
    return stores
  }
}
