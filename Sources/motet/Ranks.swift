import ArgumentParser
import Catalogues
import Foundation
import Machines
import MessagePassing
import Sweeps

/// A command that ends of itself, in order, after a signal; the others end at once.
protocol StoppableCommand: ParsableCommand {}

/// A command that runs on ranks. What it makes are files; its output only tells of them.
protocol RankCommand: StoppableCommand {}

/// Runs a command's body on every rank. However it ends, all ranks end, and one line says why:
/// rank 0's where all failed together, that of the rank that failed alone.
func onAllRanks(_ body: (Communicator) throws -> Void) throws {
  let communicator = try Communicator.start()
  do {
    try body(communicator)
    communicator.finish()
  } catch let error as AgreedError {
    if communicator.rank == 0 { Console.complain("\(error)") }
    communicator.finish()
    throw ExitCode.failure
  } catch  where error is Stopped || error is WorkStopped {
    let mend = error is WorkStopped ? "; \(Stopped.sameCommand)" : ""
    if communicator.rank == 0 { Console.complain("\(error)\(mend)") }
    communicator.finish()
    throw ExitCode(StopSignal.exitCode)
  } catch  where communicator.size == 1 {
    communicator.finish()
    throw error
  } catch {
    // The others do not know, and wait: only an abort ends them.
    Console.complain("rank \(communicator.rank): \(error)")
    ForeignExit.isOurs = true
    communicator.abort(ExitCode.failure.rawValue)
  }
}

extension Communicator {
  /// Says once where ranks of another job are bound to the same cores. A collective.
  func tellOfSharedCores() throws {
    let warnings = try gather(text: CoreSharing.warning() ?? "")
    if let warning = warnings?.first(where: { !$0.isEmpty }) { Console.complain(warning) }
  }
}

/// Ranks that this program starts of itself.
enum Ranks {
  /// Starts this program on more ranks, perhaps, than there are cores. It has to print one JSON
  /// object.
  static func start(_ count: Int, _ arguments: [String]) throws -> StartedRanks {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let launcher = Launcher.words(ranks: count, isCrowded: true)
    process.arguments = launcher + [ChildProcess.ownProgram] + arguments
    process.standardOutput = output
    try process.run()
    return StartedRanks(
      process: process, output: output,
      command: "\(launcher[0]) -n \(count) motet \(arguments.joined(separator: " "))")
  }
}

/// Ranks that run beside this process.
struct StartedRanks {
  fileprivate let process: Process
  fileprivate let output: Pipe
  fileprivate let command: String

  /// Waits for their end; the JSON object that they printed.
  func figures() throws -> Tree {
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let figures = try? Tree(json: String(decoding: text, as: UTF8.self))
    else {
      throw LaunchError(
        description: "\(command) failed with code \(process.terminationStatus)")
    }
    return figures
  }
}
