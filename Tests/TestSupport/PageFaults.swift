import Foundation

/// How often this process has touched memory that it had not had before: code that has all the
/// memory that it needs raises it by next to nothing.
public func pageFaults() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_minflt
}
