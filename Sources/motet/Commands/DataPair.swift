import ArgumentParser
import Datasets
import Views

struct DataPair: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pair",
    abstract: "Make a store of pairs from a store of images and one of sounds.",
    discussion: """
      Within each split, the i-th image of a class goes with the i-th sound of that class, as far \
      as the rarer of the two goes. The stores must have the same classes.
      """)

  @Option(help: ArgumentHelp("A modality and its sample store.", valueName: "modality=store"))
  var data: [String] = []
  @Option(help: "The sample store to write (.h5).")
  var to: String
  @Flag(help: "Replace the store if it is there.")
  var overwrite = false

  func run() throws {
    let sources = try parseStores(data)
    try refuseExisting(to, overwrite: overwrite)
    let progress = ProgressLine("pairing")
    let report = try pairStores(
      Dictionary(uniqueKeysWithValues: sources), to: to, modality: { try modalities.make($0) },
      progress: { progress.show($0, of: $1) })
    progress.finish()
    for (split, modalities) in report.unpaired.sorted(by: { $0.key < $1.key }) {
      for (modality, count) in modalities.sorted(by: { $0.key < $1.key }) where count > 0 {
        printError("without partner: \(count) of '\(modality)' in split '\(split)'")
      }
    }
    for line in try describe(try SampleStore.open(to)) { print(line) }
  }
}

/// `modality=store` texts, each modality once.
func parseStores(_ texts: [String]) throws -> [(modality: String, path: String)] {
  var stores: [(modality: String, path: String)] = []
  for text in texts {
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
