import Foundation

/// Another program whose output is read while it runs, however much it is.
public final class PipedProcess {
  private let process = Process()
  private let output = Pipe()
  private let file: UnsafeMutablePointer<FILE>
  /// A program that complains at length never waits for a reader.
  private let errors: UnnamedFile

  /// Throws `ChildProcess.StartError` where there is no such program.
  public init(_ command: [String]) throws {
    guard let program = CapturedProcess.path(of: command[0]) else {
      throw ChildProcess.StartError(program: command[0], reason: "there is no such program here")
    }
    errors = try UnnamedFile()
    let ours = dup(output.fileHandleForReading.fileDescriptor)
    guard ours >= 0, let file = fdopen(ours, "rb") else {
      throw ChildProcess.StartError(program: command[0], reason: String(cString: strerror(errno)))
    }
    _ = fcntl(ours, F_SETFD, FD_CLOEXEC)
    self.file = file
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = Array(command.dropFirst())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle(fileDescriptor: errors.descriptor, closeOnDealloc: false)
    try process.run()
  }

  /// Ends the program too, where it still runs.
  deinit {
    fclose(file)
    if process.isRunning { process.terminate() }
  }

  /// The next bytes of its output; fewer at its end.
  public func read(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { bytes, got in
      got = fread(bytes.baseAddress, 1, count, file)
    }
  }

  /// The next line, without its end; nil at the end of the output.
  public func readLine() -> [UInt8]? {
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    let count = getline(&line, &capacity, file)
    guard count > 0, let line else { return nil }
    let bytes = UnsafeRawBufferPointer(start: line, count: count)
    return Array(bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...])
  }

  /// Waits for its end: its exit code, and the last line that it wrote to standard error.
  public func finish() -> (status: Int32, complaint: String?) {
    process.waitUntilExit()
    return (
      process.terminationStatus, errors.text.split(separator: "\n").last.map(String.init)
    )
  }
}
