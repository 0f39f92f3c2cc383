import ArgumentParser
import Catalogues
import MessagePassing

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed and memory on this machine.",
    subcommands: [BenchAllCommand.self] + benchCases, defaultSubcommand: BenchAllCommand.self)
}

/// The table of cases.
let benchCases: [any BenchCase.Type] = [
  BenchStepCommand.self,
  BenchViewsCommand.self,
  BenchKNNCommand.self,
  BenchRoundCommand.self,
  BenchReduceCommand.self,
  BenchScalingCommand.self,
]

/// A case: measures, and sets beside it what this machine could do at best.
protocol BenchCase: ParsableCommand {
  /// The arguments of each of its places in the table.
  static var table: [[String]] { get }
  /// Whether to print one JSON object, and nothing else.
  var json: Bool { get }

  /// Hands `say` a line for each figure as soon as it is there. Returns the figures for JSON; empty
  /// on ranks that have none.
  func measure(_ say: (String) -> Void) throws -> Tree
}

extension BenchCase {
  static var table: [[String]] { [[]] }

  func run() throws {
    let figures = try measure { if !json { Console.line($0) } }
    if json, !figures.keys.isEmpty { Console.line(figures.json) }
  }
}

/// The whole table.
struct BenchAllCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "all", abstract: "Every case, one after the other.")

  @Flag(help: "Print one JSON object, with an object for each case.") var json = false

  func validate() throws {
    guard !Communicator.isRank else {
      throw ValidationError("start it alone: it starts its ranks by itself")
    }
  }

  func run() throws {
    var figures: Tree = [:]
    for type in benchCases {
      for arguments in type.table {
        let name = ([type._commandName] + arguments).joined(separator: " ")
        let item = try type.parseAsRoot(arguments) as! any BenchCase
        figures[name] = try item.measure { if !json { Console.line("\(name): \($0)") } }
      }
    }
    if json { Console.line(figures.json) }
  }
}
