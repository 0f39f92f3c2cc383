import Foundation

/// Notices where a library ends the process: HDF5 does so without a word where it gets no memory
/// for an identifier.
enum ForeignExit {
  /// Whether it is this program that ends.
  nonisolated(unsafe) static var isOurs = false

  static func watch() {
    atexit {
      guard !ForeignExit.isOurs else { return }
      Console.complain(
        "a library has ended this process, most likely for want of memory; the same command goes on"
      )
    }
  }
}
