import Foundation
import Synchronization

/// Standard output and standard error. What cannot be written there is lost, and the work goes on:
/// a full disk or a closed pipe must not cost a round.
public enum StandardStream: Int32 {
  case output = 1
  case error = 2

  private static let failure = Atomic<Int32>(0)

  /// Makes the streams fit to write to, before any file is opened: a descriptor that is closed
  /// would be the next file's, and a pipe that nobody reads any more would end the process.
  public static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for descriptor in STDIN_FILENO...STDERR_FILENO
    where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      // The lowest free number is this one.
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// Writes all of a text at once, unbuffered.
  public func write(_ text: String) { write(bytes: Array(text.utf8)) }

  func write(bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
      if count > 0 {
        rest.removeFirst(count)
      } else if errno == EAGAIN {
        // Whoever started this process made the stream one that does not wait.
        var entry = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, 1000)
      } else if errno != EINTR {
        if self == .output {
          Self.failure.store(errno, ordering: .relaxed)
        }
        return
      }
    }
  }

  /// Why some of the output was lost, in the system's words; nil where all was written, or where
  /// whoever read it left.
  public static var lostOutput: String? {
    let code = failure.load(ordering: .relaxed)
    return code == 0 || code == EPIPE ? nil : String(cString: strerror(code))
  }
}
