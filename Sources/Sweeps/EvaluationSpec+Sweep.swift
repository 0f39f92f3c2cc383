import Downstream
import Jobs
import Machines
import MessagePassing

extension EvaluationSpec {
  /// The evaluations that follow the run of one cell of a sweep's file.
  /// - Parameter text: the cell's number or id.
  public static func load(_ path: String, ofCell text: String) throws -> [EvaluationSpec] {
    guard Sweep.isSweep(path) else {
      throw JobError(path: path, message: "--cell is of a sweep, and this is none")
    }
    let sweep: Sweep
    // Ranks read it together, and agree on this one.
    do { sweep = try Sweep.load(path) } catch is Stopped { throw WorkStopped() }
    let cell = try sweep.cell(text)
    let specs = sweep.numberedEvaluations(of: cell)
    guard !specs.isEmpty else {
      throw JobError(path: path, message: "no evaluation follows cell \(cell.number), \(cell.id)")
    }
    return try specs.map { try make($0.spec, at: $0.index, of: sweep.file) }
  }

  /// A sweep's evaluations by their places in the file, each as it follows its first cell: another
  /// cell's differs at most in its partner.
  public static func each(of sweep: Sweep) throws -> [Int: EvaluationSpec] {
    var specs: [Int: EvaluationSpec] = [:]
    for cell in sweep.cells {
      for (index, spec) in sweep.numberedEvaluations(of: cell) where specs[index] == nil {
        specs[index] = try make(spec, at: index, of: sweep.file)
      }
    }
    return specs
  }
}
