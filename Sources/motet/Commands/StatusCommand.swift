import ArgumentParser
import Foundation
import Machines
import Submission

/// How far this user's runs are.
struct StatusCommand: StoppableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show this user's runs: queued, running, their round, what is left, last kNN.",
    discussion: """
      By the runs' files, and by Slurm's queue where there is one. What was not submitted by 'motet \
      submit' is found by its folder alone. 'motet sweep status' also verifies a sweep's checkpoints.
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders of runs or sweeps, or job or sweep files; if not given, runs/ and what is queued.",
      valueName: "path"))
  var paths: [String] = []
  @Flag(help: "A line for every cell of a sweep.")
  var all = false
  @Flag(help: "Show it anew every ten seconds, until Ctrl-C.")
  var watch = false

  func run() throws {
    while true {
      let lines = try StatusReport(paths, warn: Console.complain).lines(all: all)
      guard watch else { return lines.forEach(Console.line) }
      let clear = Console.isTerminal ? "\u{1B}[H\u{1B}[2J" : ""
      Console.write(clear + (lines + [""]).joined(separator: "\n"))
      for _ in 0..<100 {
        if StopSignal.isReceived || StandardStream.lostOutput != nil { return }
        usleep(100_000)
      }
    }
  }
}
