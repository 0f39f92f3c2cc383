import Foundation

/// Another program, run to its end with what it prints: little of it, and on one machine.
public struct CapturedProcess: Sendable {
  public let status: Int32
  public let output: String
  public let errors: String

  /// - Parameter input: what it reads; little, too.
  ///
  /// Throws `ChildProcess.StartError` where there is no such program.
  public init(_ command: [String], input: String = "") throws {
    let process = Process()
    guard let program = Self.path(of: command[0]) else {
      throw ChildProcess.StartError(program: command[0], reason: "there is no such program here")
    }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = Array(command.dropFirst())
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    let given = Pipe()
    process.standardInput = given
    try process.run()
    // This process ignores SIGPIPE: whoever does not read it has no need of it.
    try? given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? given.fileHandleForWriting.close()
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }

  /// The file of a program, looked for as the shell does; nil where there is none.
  public static func path(of program: String) -> String? {
    guard !program.contains("/") else { return access(program, X_OK) == 0 ? program : nil }
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return folders.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }
}
