import Downstream

/// Progress of work on a run: a line on standard error for each long part of it.
class WorkDisplay: WorkObserver {
  private var line: (title: String, progress: ProgressLine)?

  func note(_ line: String) { Console.complain(line) }

  func progress(_ title: String, _ done: Int, of total: Int) {
    if line?.title != title {
      finish()
      line = (title, ProgressLine(title))
    }
    line?.progress.show(done, of: total)
    if done == total { line?.progress.finish() }
  }

  /// Clears the line.
  func finish() {
    line?.progress.finish()
    line = nil
  }
}
