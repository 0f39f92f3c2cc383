import Foundation

/// The Python package, which comes with this program: beside it where it was built, or in
/// `share/motet` where it was installed.
public enum AnalysisPackage {
  /// The words that start one of its commands.
  /// - Parameters:
  ///   - module: what Python runs.
  ///   - modules: what it imports; where Python's name for one is not pip's, pip's follows a colon.
  ///   - purpose: what needs it, as the user called it.
  ///
  /// Throws `Missing` where the package is not there, or no Python has what it needs.
  public static func command(
    _ module: String = "motet_analysis", needs modules: [String], for purpose: String
  ) throws -> [String] {
    let folder = try folder(purpose)
    let names = modules.map { $0.split(separator: ":").map(String.init) }
    let found = try CapturedProcess(["\(folder)/find-python"] + names.map { $0[0] })
    guard found.status == 0 else {
      throw Missing(
        purpose: purpose,
        reason: "no Python here has all of \(names.map { $0[0] }.joined(separator: ", ")); "
          + "pip install \(names.map { $0.last! }.joined(separator: " ")), and where Python is not "
          + "the first on the path, the variable PYTHON names it")
    }
    let python = found.output.trimmingCharacters(in: .whitespacesAndNewlines)
    // Modules of a cluster may give Python its packages by this variable.
    let own = ProcessInfo.processInfo.environment["PYTHONPATH"].map { [$0] } ?? []
    let places = ([folder] + own).joined(separator: ":")
    return ["/usr/bin/env", "PYTHONPATH=\(places)", python, "-B", "-m", module]
  }

  /// Runs one of its commands to its end. Throws what it complains of.
  public static func run(_ command: [String]) throws {
    let end = try CapturedProcess(command)
    guard end.status != 0 else { return }
    let complaint = end.errors.split(separator: "\n").last.map(String.init)
    throw Complaint(description: complaint ?? "\(command.last!): exit code \(end.status)")
  }

  /// What it says of its input.
  public struct Complaint: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
  }

  private static func folder(_ purpose: String) throws -> String {
    let program = URL(fileURLWithPath: ChildProcess.ownProgram).resolvingSymlinksInPath()
    var places = [program.appendingPathComponent("../../share/motet/analysis").standardized]
    // .build/x86_64-unknown-linux-gnu/release/motet
    var above = program
    for _ in 0..<4 {
      above.deleteLastPathComponent()
      places.append(above.appendingPathComponent("analysis"))
    }
    let folder = places.first {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent("find-python").path)
    }
    guard let folder else {
      throw Missing(
        purpose: purpose,
        reason: "the Python package motet_analysis is not beside \(program.path), nor installed "
          + "with it; 'make install' does that")
    }
    return folder.path
  }

  /// What there is not, and the mend.
  public struct Missing: Error, CustomStringConvertible {
    public let purpose: String
    public let reason: String

    public var description: String { "\(purpose): \(reason)" }
  }
}
