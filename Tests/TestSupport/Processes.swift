import Foundation

/// The folder of the built products: the test bundle is an executable in it.
public let productsFolder: URL = {
  let bundle = try! FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  return URL(fileURLWithPath: bundle).deletingLastPathComponent()
}()

/// How a process ended, and what it printed.
public struct ProcessResult: Sendable {
  public let status: Int32
  public let output: String
  public let errors: String

  public var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// A process that was started and writes to files: nothing has to be drained.
public final class RunningProcess {
  public let process = Process()
  public let folder = TemporaryFolder()

  /// Starts an executable with the environment of this process without MPI's and Slurm's variables,
  /// plus `environment`.
  public init(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws {
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    let foreign = ["OMPI_", "PMIX_", "PMI_", "ORTE_", "SLURM_"]
    process.environment = ProcessInfo.processInfo.environment
      .filter { variable in !foreign.contains { variable.key.hasPrefix($0) } }
      .merging([
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        // More ranks than cores: a rank that waits must leave its core to the others.
        "OMPI_MCA_mpi_yield_when_idle": "1",
        "SWIFT_BACKTRACE": "enable=no",
      ]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    for name in ["output", "errors"] {
      folder.write(name, "")
    }
    process.standardOutput = FileHandle(forWritingAtPath: folder.path("output"))
    process.standardError = FileHandle(forWritingAtPath: folder.path("errors"))
    // Tests run on threads that block signals, and a child would inherit that.
    var none = sigset_t()
    var old = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &old)
    defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
    try process.run()
  }

  /// What it has printed so far.
  public var output: String { text("output") }
  /// What it has complained of so far.
  public var errors: String { text("errors") }

  public func wait() -> ProcessResult {
    process.waitUntilExit()
    return ProcessResult(
      status: process.terminationStatus, output: text("output"), errors: text("errors"))
  }

  private func text(_ name: String) -> String {
    String(
      decoding: FileManager.default.contents(atPath: folder.path(name)) ?? Data(), as: UTF8.self)
  }
}

/// Waits for something that a process does; bounded, so that what never comes is a failure.
public func waitUntil(seconds: Int = 60, _ condition: () throws -> Bool) throws {
  let end = ContinuousClock.now + .seconds(seconds)
  while try !condition() {
    guard .now < end else { throw NotInTime(seconds: seconds) }
    usleep(10_000)
  }
}

/// What was waited for did not come.
public struct NotInTime: Error, CustomStringConvertible {
  let seconds: Int

  public var description: String { "what was waited for did not come within \(seconds) s" }
}

/// Runs a built product to its end.
public func run(
  _ product: String, _ arguments: [String], environment: [String: String] = [:]
) throws -> ProcessResult {
  try RunningProcess(
    productsFolder.appendingPathComponent(product).path, arguments, environment: environment
  ).wait()
}

/// Whether the products are built with MPICH, by the variable that `make` has for it.
public let usesMPICH = ProcessInfo.processInfo.environment["MOTET_MPI"] == "mpich"

/// The variable by which a launcher tells a rank which it is.
public let rankVariable = usesMPICH ? "PMI_RANK" : "OMPI_COMM_WORLD_RANK"

/// The words that start ranks, of which there may be more than cores.
public func launcher(_ ranks: Int, timeout: Int = 300) -> [String] {
  guard usesMPICH else {
    return ["mpirun", "-n", "\(ranks)", "--oversubscribe", "--bind-to", "none"]
      + ["--timeout", "\(timeout)"]
  }
  return ["timeout", "\(timeout)", "mpiexec.mpich", "-n", "\(ranks)"]
}

/// Starts a built product, or the program at an absolute path, on some ranks. `timeout` bounds a
/// hang; it is no expectation.
public func startMPI(
  _ ranks: Int, _ product: String, _ arguments: [String], environment: [String: String] = [:],
  timeout: Int = 300
) throws -> RunningProcess {
  let executable =
    product.hasPrefix("/") ? product : productsFolder.appendingPathComponent(product).path
  return try RunningProcess(
    "/usr/bin/env",
    launcher(ranks, timeout: timeout) + [executable] + arguments, environment: environment)
}

/// Runs a built product on some ranks to its end.
public func mpirun(
  _ ranks: Int, _ product: String, _ arguments: [String], environment: [String: String] = [:],
  timeout: Int = 300
) throws -> ProcessResult {
  try startMPI(ranks, product, arguments, environment: environment, timeout: timeout).wait()
}

/// Runs one suite of this test bundle on some ranks: the tests in it are then each one rank's part
/// of a collective. They are enabled by `isRank` alone, so that nothing runs them otherwise.
public func runSuiteOnRanks(_ ranks: Int, _ suite: String) throws -> ProcessResult {
  let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  return try mpirun(
    ranks, URL(fileURLWithPath: bundle).lastPathComponent,
    ["--testing-library", "swift-testing", "--filter", suite, "--no-parallel"])
}

/// Whether this process is one rank among ranks.
public let isRank = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"].contains {
  ProcessInfo.processInfo.environment[$0] != nil
}
