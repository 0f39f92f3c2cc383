import Files
import HDF5

extension HDF5File {
  /// What `read` gives, where the file is before it and after it as it was when it was opened: HDF5
  /// gives zeros for what lies past the end of a file that was cut.
  /// - Parameter stamp: the file's, when it was opened.
  func whileUnchanged<R>(since stamp: FileStamp?, _ read: () throws -> R) throws -> R {
    func check() throws {
      guard let stamp, FileStamp(of: path) == stamp else {
        throw StoreError(
          path, "changed while it was being read; the same command goes on with it as it is now")
      }
    }
    try check()
    // A file that changed gives errors of many kinds, which say less.
    let result = Result { try read() }
    try check()
    return try result.get()
  }
}
