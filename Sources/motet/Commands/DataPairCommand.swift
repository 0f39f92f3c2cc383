import ArgumentParser
import Datasets
import Views

struct DataPairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pair",
    abstract: "Make a store of pairs from a store of images and one of sounds.",
    discussion: """
      Within each split, the i-th image of a class goes with the i-th sound of that class, as far \
      as the rarer of the two goes. The stores must have the same classes.
      """)

  @OptionGroup var data: StoreArguments
  @OptionGroup var output: StoreOutput

  func run() throws {
    let sources = try data.stores()
    try output.check()
    let progress = ProgressLine("pairing")
    let report = try pairStores(
      Dictionary(uniqueKeysWithValues: sources), to: output.path,
      modality: { try modalities.make($0) },
      progress: { progress.show($0, of: $1) })
    progress.finish()
    for (split, modalities) in report.unpaired.sorted(by: { $0.key < $1.key }) {
      for (modality, count) in modalities.sorted(by: { $0.key < $1.key }) where count > 0 {
        Console.complain("without partner: \(count) of '\(modality)' in split '\(split)'")
      }
    }
    try output.show()
  }
}
