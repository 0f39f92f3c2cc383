import Foundation

/// Opens a regular, non-empty file for reading; what is wrong with another is said.
func openFile(_ path: String) throws(MediaError) -> (handle: UnsafeMutablePointer<FILE>, size: Int)
{
  // A pipe that nobody writes to would let a plain open wait without end.
  let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  guard descriptor >= 0 else { throw MediaError(path, String(cString: strerror(errno))) }
  var status = stat()
  guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
    close(descriptor)
    throw MediaError(path, "not a file")
  }
  guard status.st_size > 0 else {
    close(descriptor)
    throw MediaError(path, "the file is empty")
  }
  guard let file = fdopen(descriptor, "rb") else {
    close(descriptor)
    throw MediaError(path, String(cString: strerror(errno)))
  }
  return (file, Int(status.st_size))
}

/// All bytes of a file.
/// - Parameters:
///   - headSize: how many bytes `check` is given.
///   - check: what it throws of the first bytes, before memory is taken for all.
func fileBytes(
  _ path: String, headSize: Int, check: ([UInt8]) throws(MediaError) -> Void
) throws(MediaError) -> [UInt8] {
  let (file, size) = try openFile(path)
  defer { fclose(file) }
  func read(_ count: Int) -> [UInt8] {
    rewind(file)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, got in
      got = fread(buffer.baseAddress, 1, count, file)
    }
  }
  try check(read(min(size, headSize)))
  let bytes = read(size)
  guard bytes.count == size else { throw MediaError(path, "could not be read to its end") }
  return bytes
}

/// Writes a file so that its name never holds a half-written one: beside it, synced, renamed.
func writeAtomically(_ bytes: UnsafeRawBufferPointer, to path: String) throws(MediaError) {
  let url = URL(fileURLWithPath: path)
  let temporary =
    "\(url.deletingLastPathComponent().path)/.\(url.lastPathComponent).tmp-\(getpid())"
  func failure(_ call: String) -> MediaError {
    let reason = String(cString: strerror(errno))
    unlink(temporary)
    return MediaError(path, "cannot be written (\(call): \(reason))")
  }
  // What a killed process of this number left; a link that others put there is never followed.
  unlink(temporary)
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
  guard descriptor >= 0, let file = fdopen(descriptor, "wb") else { throw failure("open") }
  let complete =
    fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count && fflush(file) == 0
    && fsync(fileno(file)) == 0
  fclose(file)
  guard complete else { throw failure("write") }
  guard rename(temporary, path) == 0 else { throw failure("rename") }
}
