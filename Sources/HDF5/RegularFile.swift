import Foundation

extension HDF5File {
  /// Throws where a path leads to anything but a file that can be read: a pipe to which nobody
  /// writes would be waited on for ever.
  public static func requireRegular(_ path: String) throws {
    func wrong(_ reason: String, isRefusal: Bool = false) -> HDF5Error {
      HDF5Error(path: path, call: "open", stack: [reason], isRefused: isRefusal)
    }
    let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT, ENOTDIR: throw wrong("there is no such file")
      case EACCES: throw wrong("no permission to read it", isRefusal: true)
      default: throw wrong(String(cString: strerror(errno)), isRefusal: true)
      }
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw wrong(String(cString: strerror(errno))) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw wrong("this is a folder")
    default: throw wrong("this is a pipe or a device, not a file")
    }
  }

  /// Makes sure that a new file can be made under a name that nothing has, no link either, which
  /// would be followed: the library's own words for a folder that is missing or read-only run over
  /// a line.
  static func requireNew(_ path: String) throws {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw HDF5Error(path: path, call: "create", stack: [String(cString: strerror(errno))])
    }
    close(descriptor)
    unlink(path)
  }
}
