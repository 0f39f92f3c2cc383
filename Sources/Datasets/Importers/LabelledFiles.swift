/// The files of a data set with what is known of each, however their makers say it: by folders
/// (`ClassFolders`) or in a table (`FileTable`).
struct LabelledFiles {
  struct Entry {
    let path: String
    let label: Int
    let split: String
    var group: String?
  }

  /// Names of the classes; a label is a place among them.
  let classes: [String]
  let entries: [Entry]
  /// Files that are none of the samples.
  var leftOut = LeftOutFiles()
}
