import Foundation
import TestSupport
import Testing

/// `motet submit` and `motet status` without a Slurm.
@Suite(.serialized) struct SubmitTests {
  private func submit(_ arguments: [String]) throws -> ProcessResult {
    // None of this machine's own: neither Slurm's commands nor a cluster's file.
    try run(
      "motet", ["submit"] + arguments,
      environment: ["PATH": "/none", "MOTET_CLUSTER": "", "XDG_CONFIG_HOME": "/none"])
  }

  /// Each line of the script is one that the shell takes, and it has what was worked out.
  @Test func aJobsScript() throws {
    let job = try SmallJob()
    let path = job.folder.path("a job's.yaml")
    try FileManager.default.moveItem(atPath: job.path, toPath: path)
    let printed = try submit([
      path, "--set", "results=own results", "--on", "modules=[openmpi]", "--on", "partition=short",
      "--on", "setup=['echo {{name}}']", "--print",
    ])
    #expect(printed.status == 0, "\(printed.errors)")
    #expect(printed.errors.contains("measuring step"))
    for line in [
      "#SBATCH --job-name=small", "#SBATCH --ntasks=7", "#SBATCH --cpus-per-task=1",
      "#SBATCH --time=00:11:00", "#SBATCH --partition=short", "module load openmpi",
      "echo {{name}}",
      "#SBATCH --comment='motet:\(job.folder.path("own results"))'",
    ] { #expect(printed.lines.contains(line), "\(line)\n\(printed.output)") }
    job.folder.write("script", printed.output)
    #expect(try shell("bash -n '\(job.folder.path("script"))'").status == 0)

    // The command line of the script is a command that runs.
    let command = try #require(printed.lines.first { $0.hasSuffix(" &") && $0.contains(" run ") })
    let done = try shell(String(command.dropFirst("mpirun ".count).dropLast(2)))
    #expect(done.status == 0, "\(command) \(done.errors)")
    let status = try run("motet", ["status", job.folder.path("own results")])
    #expect(status.output.contains("  finished  round 2/2"), "\(status.output)")
  }

  @Test func aSweepsScripts() throws {
    let job = try SmallJob()
    job.folder.write(
      "two.yaml", "base: small.yaml\nsweep: { seeds: [1, 2], grid: { federation.rounds: [1] } }")
    let arguments = [job.folder.path("two.yaml"), "--time", "1-0", "--at-once", "1", "--print"]
    let printed = try submit(arguments + ["--on", "container=/images/motet.sif"])
    #expect(printed.status == 0, "\(printed.errors)")
    #expect(printed.lines.contains("#SBATCH --array=1-2%1"), "\(printed.output)")
    #expect(printed.lines.contains("#SBATCH --nodes=1"))
    #expect(printed.lines.contains("#SBATCH --time=1-00:00:00"))
    #expect(
      printed.output.contains(
        "exec /images/motet.sif motet sweep cell \(job.folder.path("two.yaml")) \"$SLURM_ARRAY_TASK_ID\" "
          + "--launcher 'mpirun -n 7' &"), "\(printed.output)")
    #expect(printed.output.contains("motet gather \(job.folder.path("runs/two")) --to "))

    #expect(try run("motet", ["sweep", "cell", arguments[0], "2"]).status == 0)
    let rest = try submit(arguments)
    #expect(rest.lines.contains("#SBATCH --array=1%1"), "\(rest.output)")
    let status = try run("motet", ["status", arguments[0], "--all"])
    #expect(status.lines[0].hasSuffix(": 2 cells: 1 finished, 1 missing"), "\(status.output)")
    #expect(status.lines.count == 3)
    #expect(status.lines[2].contains("finished"), "\(status.output)")
  }

  /// One line each, before anything is measured.
  @Test func whatCannotBe() throws {
    let job = try SmallJob()
    job.folder.write("two.yaml", "base: small.yaml\nsweep: { seeds: [1, 2] }")
    job.folder.write("typo.yaml", "launchr: srun")
    let sweep = job.folder.path("two.yaml")
    for (arguments, expected) in [
      ([job.path, "--time", "10"], "there is no such command here"),
      ([job.path, "--cluster", job.folder.path("typo.yaml")], "did you mean 'launcher'?"),
      ([job.path, "--cluster", "none.yaml"], "there is no such file"),
      ([job.path, "--on", "cores"], "expected KEY=VALUE"),
      ([job.path, "--time", "soon"], "expected a time as Slurm writes it"),
      ([job.path, "--ranks", "8"], "more than 7 find no work"),
      ([job.path, "--ranks", "3", "--on", "cores=2"], "do not fit 1 node of 2 cores"),
      ([job.path, "--set", "shards=none"], "there are no shards"),
      ([job.path, "--at-once", "2"], "for sweeps"), ([sweep, "--fresh"], "for jobs"),
      ([sweep, "--set", "seed=2"], "for jobs"),
      ([sweep, "--time", "9", "--on", "container=a.sif", "--on", "launcher=srun"], "use mpirun"),
    ] {
      let result = try submit(arguments)
      #expect(result.status != 0 && !result.errors.contains("measuring"), "\(arguments)")
      #expect(result.errors.contains(expected), "\(arguments) \(result.errors)")
    }
    for (path, expected) in [
      ("none", "none is queued for it"), (job.path, "none is queued for it"),
      (job.folder.path, "there is no run here"),
    ] {
      let result = try run("motet", ["status", path])
      #expect(result.status != 0 && result.output.isEmpty)
      #expect(result.errors.contains(expected), "\(path) \(result.errors)")
    }
  }

  private func shell(_ command: String) throws -> ProcessResult {
    try RunningProcess("/usr/bin/env", ["bash", "-c", command]).wait()
  }
}
