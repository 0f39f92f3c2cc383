import Catalogues
import Federation
import Machines
import MessagePassing

extension Job {
  /// Throws where the ranks are not such as the job can use, or are not of one mind. A collective.
  func check(_ communicator: Communicator) throws {
    try Self.requireSameProgram(communicator)
    try communicator.requireSame(resolved.json) { root, own in
      let trees = (try? Tree(json: root), try? Tree(json: own))
      let differences = Self.differences(from: trees.0 ?? [:], to: trees.1 ?? [:], free: [])
      return "\(path): another job than rank 0's: \(Self.words(differences)); give all ranks the "
        + "same file and options"
    }
    try communicator.agreeOnRoot { try checkRanks(communicator) }
    try communicator.agree { try checkThreads(communicator) }
  }

  /// Nodes may have programs of their own under one name. A collective.
  public static func requireSameProgram(_ communicator: Communicator) throws {
    guard communicator.size > 1 else { return }
    try communicator.requireSame(ThisProgram.digest()) { _, _ in
      "another build of motet than rank 0's (on \(Machine().host)): start the same file on all nodes"
    }
  }

  /// A rank without a client in any round is a mistake in the command.
  private func checkRanks(_ communicator: Communicator) throws {
    let selection = selection
    let workers = FederatedTraining.workers(of: communicator).count
    let others =
      selection.count < clients.count ? " or raise federation.participation" : ", or more clients"
    guard workers <= selection.count else {
      throw JobError(
        path: path,
        message:
          "\(counted(communicator.size, "rank")) are \(counted(workers, "worker")), but a round "
          + "trains \(counted(selection.count, "client")) of \(clients.count); start at most "
          + "\(counted(selection.count + 1, "rank"))\(others)")
    }
  }

  /// Threads without cores of their own would wait for one another. Rank 0 beside workers sleeps.
  private func checkThreads(_ communicator: Communicator) throws {
    let rank = communicator.rank
    guard FederatedTraining.workers(of: communicator).contains(rank) else { return }
    let machine = Machine()
    guard training.threads <= machine.cores else {
      throw JobError(
        path: path,
        message: "training.threads is \(training.threads), but rank \(rank) on \(machine.host) may "
          + "use \(counted(machine.cores, "core")); start with "
          + "mpirun --map-by slot:PE=\(training.threads) or "
          + "srun --cpus-per-task=\(training.threads), or lower training.threads")
    }
  }
}
