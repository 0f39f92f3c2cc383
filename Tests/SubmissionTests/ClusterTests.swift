import Catalogues
import Foundation
import Jobs
import Sweeps
import TestSupport
import Testing

@testable import Submission

@Suite struct ClusterTests {
  private let folder = TemporaryFolder()

  private func load(_ text: String, _ settings: [String] = []) throws -> Cluster {
    folder.write("cluster.yaml", text)
    return try Cluster.load(folder.path("cluster.yaml"), settings: settings)
  }

  @Test func aFileAndWhatGoesBeforeIt() throws {
    let cluster = try load(
      "launcher: srun --mpi=pmix\nmodules: [gcc, openmpi/4]\npartition: long\nspeeds: s.json\n",
      ["partition=short", "sbatch=[--exclusive]"])
    #expect(cluster.launcherWords(threads: 4) == ["srun", "--mpi=pmix"])
    #expect(cluster.shellLines == ["module load gcc openmpi/4"])
    #expect(cluster.options == ["#SBATCH --partition=short", "#SBATCH --exclusive"])
    #expect(cluster.speeds == folder.path("s.json"))
    // What is typed is a path from here.
    let typed = try load("container: motet.sif\n", ["speeds=s.json", "program=./motet"])
    let here = FileManager.default.currentDirectoryPath
    #expect(typed.speeds == "\(here)/s.json")
    #expect(typed.container == folder.path("motet.sif"))
    #expect(try load("program: ./motet\n").program == folder.path("motet"))
  }

  /// The one named, then that of the variable, then what is there.
  @Test func whichFile() throws {
    folder.write("named.yaml", "account: named")
    folder.write("motet/cluster.yaml", "account: own")
    let own = ["XDG_CONFIG_HOME": folder.path]
    let variable = own.merging([Cluster.variable: folder.path("named.yaml")]) { $1 }
    func account(_ path: String?, _ environment: [String: String]) throws -> String {
      try Cluster.load(Cluster.file(path, environment: environment)).account
    }
    #expect(try account(nil, own) == "own")
    #expect(try account(nil, variable) == "named")
    #expect(try account(nil, ["HOME": folder.path]) == "")
    #expect(throws: JobError.self) { try account(folder.path("none.yaml"), own) }
  }

  @Test(arguments: [
    ("launchr: srun", "did you mean 'launcher'?"), ("launcher: ''", "expected a command"),
    ("cores: 2000", "0 to 1024"), ("nodes: 0", "1 to 100000"), ("margin: 0.5", "1 to 100"),
    ("longest: soon", "24:00:00"), ("sbatch: [exclusive]", "sbatch[0]"), ("modules: gcc", "a list"),
    ("memory: -1", "0 to 16777216"), ("setup: ['']", "a line each"),
  ])
  func whatIsWrongIsSaidWithItsLine(text: String, expected: String) {
    let error = #expect(throws: JobError.self) { try load("account: a\n\(text)\n") }
    let words = error.map { "\($0)" } ?? ""
    #expect(words.contains("cluster.yaml:2: ") && words.contains(expected), "\(words)")
  }

  @Test func programs() throws {
    let own = try load("program: /opt/motet\n")
    #expect(own.programWords == ["/opt/motet"])
    #expect(try own.launcherOfCells(ranks: 3, threads: 1) == Launcher.program)
    if Launcher.program == "mpirun" {
      // Else Open MPI binds each rank to one core.
      #expect(try own.launcherOfCells(ranks: 3, threads: 2) == "mpirun --map-by slot:PE=2")
    }
    // In a container it is the container's own launcher, which knows of no batch job.
    let container = try load("container: motet.sif\n")
    #expect(container.programWords == ["apptainer", "exec", folder.path("motet.sif"), "motet"])
    #expect(try container.launcherOfCells(ranks: 3, threads: 1) == "\(Launcher.program) -n 3")
    #expect(try container.launcherOfCells(ranks: 1, threads: 1) == "")
    let other = try load("container: motet.sif\nlauncher: srun\n")
    #expect(throws: ConfigurationError.self) { try other.launcherOfCells(ranks: 3, threads: 1) }
  }

  @Test(arguments: [
    ("30", "00:30:00"), ("30:30", "00:31:00"), ("24:00:00", "1-00:00:00"),
    ("23:59:01", "1-00:00:00"), ("2-12", "2-12:00:00"), ("1-00:10", "1-00:10:00"),
    ("0-1:2:3", "01:03:00"),
  ])
  func timesAreThoseOfSlurm(text: String, expected: String) throws {
    #expect("\(try TimeLimit(text, "time"))" == expected)
  }

  @Test(arguments: [
    "", "x", "1:2:3:4", "1-2-3", "-5", "1::2", "0", "00:00:00", "1-", "٣", "9999999999-0",
  ])
  func otherTimesAreRefused(text: String) {
    #expect(throws: ConfigurationError.self) { try TimeLimit(text, "time") }
  }

  @Test(arguments: [
    ("/a/b-1.yaml", "/a/b-1.yaml"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("$x", "'$x'"),
    ("", "''"), ("--set=a=[1, 2]", "'--set=a=[1, 2]'"), ("é", "'é'"),
  ])
  func wordsOfTheShell(word: String, expected: String) {
    #expect(quoted(word) == expected)
  }
}
