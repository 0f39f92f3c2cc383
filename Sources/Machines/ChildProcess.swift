import Foundation

/// Another program, run to its end: in this process's group, so that Ctrl-C reaches both.
public struct ChildProcess {
  /// The path of the program that this process runs.
  public static var ownProgram: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// How it ended.
  public struct End: Equatable, Sendable {
    /// The exit code; 128 and the number of the signal that ended it.
    public let status: Int32
    /// The last line of Motet's own that it wrote to standard error.
    public let complaint: String?

    public init(status: Int32, complaint: String?) {
      self.status = status
      self.complaint = complaint
    }

    /// Whether it ended because it was asked to: also before it could be told how.
    public var isStopped: Bool {
      status == StopSignal.exitCode || status == 128 + SIGUSR1
    }
  }

  /// Runs a command; its output goes where this process's goes. When this process is asked to stop
  /// (`StopSignal`), the child gets SIGUSR1, which mpirun and srun pass on to all ranks.
  public static func run(_ command: [String]) throws -> End {
    var pipe: [Int32] = [0, 0]
    guard Glibc.pipe(&pipe) == 0 else { throw failure(command, errno) }
    for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // This process ignores it (`StandardStream.prepare`), which another program may not expect.
    var pipes = sigset_t()
    sigemptyset(&pipes)
    sigaddset(&pipes, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &pipes)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    let arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    let environment: [UnsafeMutablePointer<CChar>?] =
      ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var child: pid_t = 0
    let code = posix_spawnp(
      &child, command[0], &actions, &attributes, arguments, environment)
    close(pipe[1])
    var errors = ErrorStream(pipe[0])
    defer { close(pipe[0]) }
    guard code == 0 else { throw failure(command, code) }

    var isTold = false
    var status: Int32 = 0
    while true {
      errors.pass(milliseconds: 50)
      if StopSignal.isReceived, !isTold {
        kill(child, SIGUSR1)
        isTold = true
      }
      if waitpid(child, &status, WNOHANG) == child { break }
    }
    // What the child wrote last; a process that it left behind may hold the stream open.
    errors.pass(milliseconds: 0)
    let signal = status & 0x7f
    return End(
      status: signal == 0 ? status >> 8 & 0xff : 128 + signal, complaint: errors.complaint)
  }

  private static func failure(_ command: [String], _ code: Int32) -> StartError {
    StartError(program: command[0], reason: String(cString: strerror(code)))
  }

  /// A program that cannot be started.
  public struct StartError: Error, CustomStringConvertible {
    public let program: String
    /// The system's words.
    public let reason: String

    public var description: String { "\(program): cannot be started: \(reason)" }
  }
}

/// A child's standard error, passed on, its last complaint kept.
private struct ErrorStream {
  private let descriptor: Int32
  private var rest: [UInt8] = []
  private(set) var complaint: String?

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Waits for text for so long, and passes on what is there.
  mutating func pass(milliseconds: Int32) {
    var wait = milliseconds
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, wait) > 0 else { return }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else {
        // At the end of the stream poll no longer waits.
        usleep(UInt32(wait) * 1000)
        return
      }
      StandardStream.error.write(bytes: Array(buffer[..<count]))
      rest += buffer[..<count]
      while let end = rest.firstIndex(of: 10) {
        let line = String(decoding: rest[..<end], as: UTF8.self)
        if line.hasPrefix("motet: ") { complaint = String(line.dropFirst("motet: ".count)) }
        rest.removeSubrange(...end)
      }
      wait = 0
    }
  }
}
