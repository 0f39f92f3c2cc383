import ArgumentParser
import Datasets
import Views

struct DataMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put sample stores together into one.",
    discussion: """
      Classes of the same name are one class, splits of the same name one split, groups of the same \
      name (speakers, places) one group. Samples come store by store. Stores of images and of \
      sounds may be merged too; pairs stay pairs.
      """)

  @Argument(
    help: ArgumentHelp("The sample stores, in this order.", valueName: "store"),
    completion: .file())
  var stores: [String]
  @OptionGroup var output: StoreOutput
  @Flag(
    help: """
      Put the name of each store's file before the names of its samples and groups, so that those \
      of two stores differ.
      """)
  var prefix = false

  func validate() throws {
    guard stores.count > 1 else { throw ValidationError("give at least two stores") }
  }

  func run() throws {
    try output.check()
    let progress = ProgressLine("merging")
    let remarks = try mergeStores(
      stores, to: output.path, prefix: prefix, modality: { try modalities.make($0) },
      progress: { progress.show($0, of: $1) })
    progress.finish()
    remarks.forEach(Console.complain)
    try output.show()
  }
}
