import Foundation

/// Ends the process with a line where the system gives no memory for values, which nothing that
/// computes can do without. Its files are whole: each is made under another name first.
func endOutOfMemory(_ reason: String) -> Never {
  let line =
    "motet: \(reason); 'motet plan' says what a job takes: ask for more (--mem, ulimit -v), or give "
    + "it fewer threads and lanes\n"
  _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  _exit(EXIT_FAILURE)
}
