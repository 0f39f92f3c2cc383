import CHDF5
import Foundation

/// A failed HDF5 call: the file, the object, the call, and the library's own words, each in one
/// line.
public struct HDF5Error: Error, CustomStringConvertible {
  public let path: String
  public let object: String
  public let call: String
  /// Outermost first.
  public let stack: [String]
  /// Whether the library got no memory: that says nothing about the file.
  public let isOutOfMemory: Bool
  /// Whether the system did not give the file: that says nothing about what is in it.
  public let isRefused: Bool

  public init(
    path: String, object: String = "", call: String, stack: [String], isOutOfMemory: Bool = false,
    isRefused: Bool = false
  ) {
    self.path = path
    self.object = object
    self.call = call
    self.stack = stack
    self.isOutOfMemory = isOutOfMemory
    self.isRefused = isRefused
  }

  /// The same of a file by another path.
  public func of(_ path: String) -> HDF5Error {
    HDF5Error(
      path: path, object: object, call: call, stack: stack, isOutOfMemory: isOutOfMemory,
      isRefused: isRefused)
  }

  public var description: String {
    let place = object.isEmpty ? path : "\(path): \(object)"
    return "\(place): \(call) failed" + (stack.last.map { ": \($0)" } ?? "")
  }
}

/// "file write failed: No space left on device": what failed and the system's reason, of a text
/// that has the time, a line break, the file, addresses and sizes too.
private func oneLine(_ text: String) -> String {
  guard let end = text.range(of: ": time = "), let start = text.range(of: "error message = '"),
    let quote = text[start.upperBound...].firstIndex(of: "'")
  else { return text }
  return "\(text[..<end.lowerBound]): \(text[start.upperBound..<quote])"
}

/// Runs one call of the library; a negative result is a failure.
///
/// Debian's serial library is the thread-safe build, whose error printing is set per thread: hence
/// it is silenced at every call.
@discardableResult
func check<Status: BinaryInteger>(
  _ path: String, _ object: String, _ call: StaticString, _ body: () -> Status
) throws(HDF5Error) -> Status {
  H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
  let status = body()
  guard status < 0 else { return status }
  var found = FoundErrors()
  withUnsafeMutablePointer(to: &found) { pointer in
    _ = H5Ewalk2(
      hid_t(H5E_DEFAULT), H5E_WALK_UPWARD,
      { _, entry, context in
        let found = context!.assumingMemoryBound(to: FoundErrors.self)
        let entry = entry!.pointee
        // From 1.14 on a filter's own words are lost.
        let isFilters =
          found.pointee.texts.isEmpty && entry.maj_num == chdf5_pipeline()
          && entry.min_num == chdf5_read_error()
        found.pointee.texts.append(
          isFilters
            ? "the values do not match their checksum, or cannot be unpacked"
            : oneLine(String(cString: entry.desc)))
        if [chdf5_no_space(), chdf5_cannot_allocate()].contains(entry.min_num) {
          found.pointee.isOutOfMemory = true
        }
        return 0
      }, pointer)
  }
  H5Eclear2(hid_t(H5E_DEFAULT))
  throw HDF5Error(
    path: path, object: object, call: "\(call)", stack: found.texts.reversed(),
    isOutOfMemory: found.isOutOfMemory)
}

/// What the library's stack of errors holds, innermost first.
private struct FoundErrors {
  var texts: [String] = []
  var isOutOfMemory = false
}
