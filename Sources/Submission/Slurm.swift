import Jobs
import Machines

/// Slurm's commands on this machine.
enum Slurm {
  /// Whether there is a Slurm here.
  static var isHere: Bool { CapturedProcess.path(of: "squeue") != nil }

  /// Submits a script; the job's number.
  static func submit(_ script: String, _ options: [String]) throws -> String {
    let ended = try call(["sbatch", "--parsable"] + options, input: script)
    // "12" or "12;cluster".
    return String(ended.split(whereSeparator: { ";\n".contains($0) }).first ?? "")
  }

  /// What a command of Slurm's prints. What it complains of is an error of one line.
  static func call(_ command: [String], input: String = "") throws -> String {
    let ended: CapturedProcess
    do { ended = try CapturedProcess(command, input: input) } catch is ChildProcess.StartError {
      throw JobError(
        path: command[0],
        message: "there is no such command here: is this a login node of a cluster with Slurm? "
          + "--print shows the script")
    }
    guard ended.status == 0 else {
      // "sbatch: error: invalid partition specified: x", and more lines of what follows from it.
      let words = ended.errors.split(separator: "\n").first.map { line in
        ["\(command[0]): ", "error: ", "fatal: "].reduce(String(line)) {
          $0.hasPrefix($1) ? String($0.dropFirst($1.count)) : $0
        }
      }
      throw JobError(
        path: command[0], message: words ?? "ended with exit code \(ended.status)")
    }
    return ended.output
  }
}
