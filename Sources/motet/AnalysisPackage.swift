import Foundation
import Jobs
import Machines

/// The Python package, which comes with this program: beside it where it was built, or in
/// `share/motet` where it was installed.
enum AnalysisPackage {
  private static let modules = ["h5py", "matplotlib", "pandas", "scipy", "sklearn"]

  /// The words that start it. Throws where it is not there, or no Python has what it needs.
  static func command() throws -> [String] {
    let folder = try folder()
    let found = try CapturedProcess(["\(folder)/find-python"] + modules)
    guard found.status == 0 else {
      throw JobError(
        path: "motet report",
        message: "no Python here has all of \(modules.joined(separator: ", ")); 'make setup' "
          + "installs them, or pip does (sklearn is scikit-learn there); the variable PYTHON names "
          + "the Python that has them")
    }
    let python = found.output.trimmingCharacters(in: .whitespacesAndNewlines)
    // Modules of a cluster may give Python its packages by this variable.
    let own = ProcessInfo.processInfo.environment["PYTHONPATH"].map { [$0] } ?? []
    let places = ([folder] + own).joined(separator: ":")
    return ["/usr/bin/env", "PYTHONPATH=\(places)", python, "-B", "-m", "motet_analysis"]
  }

  private static func folder() throws -> String {
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
      throw JobError(
        path: "motet report",
        message: "the Python package motet_analysis is not beside \(program.path), nor installed "
          + "with it; 'make install' does that")
    }
    return folder.path
  }
}
