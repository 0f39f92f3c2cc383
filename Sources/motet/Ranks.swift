import ArgumentParser
import Federation
import MessagePassing

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
  } catch let stop as Stopped {
    if communicator.rank == 0 { Console.complain("\(stop)") }
    communicator.finish()
    throw ExitCode(StopSignal.exitCode)
  } catch  where communicator.size == 1 {
    communicator.finish()
    throw error
  } catch {
    // The others do not know, and wait: only an abort ends them.
    Console.complain("rank \(communicator.rank): \(error)")
    communicator.abort(ExitCode.failure.rawValue)
  }
}
