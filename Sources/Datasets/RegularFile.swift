import Foundation

/// Opens a file of a data set for reading. A pipe, to which perhaps nobody writes, is refused: it
/// would be waited on for ever.
/// - Parameter mend: what to do where the file is not there or cannot be read.
func openRegular(_ path: String, mend: String) throws -> Int32 {
  let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw StoreError(path, "is missing or cannot be read; \(mend)")
  }
  var status = stat()
  guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
    close(descriptor)
    throw StoreError(path, "is a folder, a pipe or a device, and no file; \(mend)")
  }
  return descriptor
}

/// All of a file of a data set, which is not waited for.
func regularContents(_ path: String, mend: String) throws -> Data {
  let descriptor = try openRegular(path, mend: mend)
  let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  guard let data = try? file.readToEnd() ?? Data() else {
    throw StoreError(path, "is missing or cannot be read; \(mend)")
  }
  return data
}
