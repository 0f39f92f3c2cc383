import CMPI
import Foundation

/// The ranks of one run: MPI's world, or this process alone.
///
/// Every method is a collective: all ranks call it, in the same order. A rank that waits sleeps in
/// between, so that it does not take a core from one that computes.
///
/// Not Sendable: one thread of a process owns it.
public final class Communicator {
  public let rank: Int
  public let size: Int
  /// Nil for a process alone: then MPI is never called.
  let world: CMPIComm?
  /// How sums go to rank 0; nil for a process alone.
  public let tree: SumTree?

  /// This process alone.
  public init() {
    rank = 0
    size = 1
    world = nil
    tree = nil
  }

  private init(world: CMPIComm, _ environment: [String: String]) throws {
    var rank: Int32 = 0
    var size: Int32 = 0
    try check("MPI_Comm_rank") { cmpi_rank(world, &rank) }
    try check("MPI_Comm_size") { cmpi_size(world, &size) }
    self.rank = Int(rank)
    self.size = Int(size)
    self.world = world
    tree = try SumTree(world, rank: self.rank, environment)
  }

  /// Joins the ranks that `mpirun` or `srun --mpi=pmix` started; without either, this process is
  /// alone and MPI is not initialised. At most once in a process.
  public static func start(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Communicator {
    guard try isParallel(environment) else { return Communicator() }
    var provided: Int32 = 0
    try check("MPI_Init_thread") {
      MPI_Init_thread(nil, nil, Int32(MPI_THREAD_SERIALIZED), &provided)
    }
    let world = cmpi_world()
    // Failures leave this target as Swift errors.
    try check("MPI_Comm_set_errhandler") { cmpi_return_errors(world) }
    let communicator = try Communicator(world: world, environment)
    let size = communicator.size
    guard let meant = ranksMeant(environment), meant != size else {
      // A launcher that does not say how many still says which.
      if let rank = rankMeant(environment), rank >= size { throw strangers(rank, of: size) }
      return communicator
    }
    throw LaunchError(
      description: "\(meant) ranks were started, and MPI here knows of \(communicator.size): "
        + "they would all write the same files; start them with the mpirun of \(library)")
  }

  /// Which rank the launcher says that this process is; nil where it says nothing.
  static func rankMeant(_ environment: [String: String]) -> Int? {
    let names = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"]
    return names.lazy.compactMap { environment[$0].flatMap(Int.init) }.first
  }

  private static func strangers(_ rank: Int, of size: Int) -> LaunchError {
    LaunchError(
      description: "this process was started as rank \(rank), and MPI here knows "
        + "\(size == 1 ? "no other" : "\(size) ranks"): they would all write the same files; start "
        + "them with the mpirun of \(library)")
  }

  /// How many ranks the launcher says that it started; nil where it says nothing.
  static func ranksMeant(_ environment: [String: String]) -> Int? {
    // Ranks of mpirun under Slurm have the variables of the step that started its daemons.
    let own = environment["OMPI_COMM_WORLD_SIZE"] ?? (isOpenMPI ? nil : environment["PMI_SIZE"])
    return (own ?? environment["SLURM_STEP_NUM_TASKS"]).flatMap(Int.init)
  }

  /// Whether this process is one of the ranks that `mpirun` or `srun --mpi=pmix` started.
  public static var isRank: Bool { isRank(ProcessInfo.processInfo.environment) }

  /// Whether MPI here is Open MPI, whose launcher has options of its own.
  public static var isOpenMPI: Bool { cmpi_is_open_mpi() != 0 }

  private static func isRank(_ environment: [String: String]) -> Bool {
    // MPICH's launcher, and srun for it, speak PMI.
    if !isOpenMPI, environment["PMI_RANK"] != nil { return true }
    // A shell that srun started as its only task is no rank, but has PMIx's variables.
    return environment["OMPI_COMM_WORLD_SIZE"] != nil
      || (environment["PMIX_RANK"] != nil && environment["SLURM_STEP_NUM_TASKS"] != "1")
  }

  /// Whether the environment is that of one rank among ranks.
  static func isParallel(_ environment: [String: String]) throws -> Bool {
    if isRank(environment) { return true }
    // srun without PMIx would give as many lone processes as tasks, all writing the same files.
    if let tasks = environment["SLURM_STEP_NUM_TASKS"].flatMap(Int.init), tasks > 1 {
      throw LaunchError(
        description: "srun started \(tasks) tasks that do not know of one another; "
          + "use 'srun --mpi=pmix' or mpirun")
    }
    // Another MPI's mpiexec does the same.
    if let ranks = environment["PMI_SIZE"].flatMap(Int.init), ranks > 1 {
      throw LaunchError(
        description: "\(ranks) processes were started that do not know of one another; use the "
          + "mpirun of \(library), with which Motet was built")
    }
    if let rank = rankMeant(environment), rank > 0 { throw strangers(rank, of: 1) }
    return false
  }

  /// The MPI library and its version.
  public static var library: String {
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING))
    var length: Int32 = 0
    MPI_Get_library_version(&text, &length)
    let words = String(
      decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // "Open MPI v4.1.4, package: …"; MPICH's are lines, "MPICH Version:\t4.0.2" the first.
    let first = words.prefix { $0 != "," && $0 != "\0" && $0 != "\n" }
    return first.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Leaves MPI; the communicator is of no use afterwards. Waits for all ranks.
  public func finish() {
    guard world != nil else { return }
    MPI_Finalize()
  }

  /// Ends all ranks at once, without waiting for any: for a rank that fails alone.
  public func abort(_ code: Int32) -> Never {
    if let world { cmpi_abort(world, code) }
    exit(code)
  }

  /// Returns when all ranks have arrived.
  public func barrier() throws {
    guard let world else { return }
    try Waiting.sleeping.complete("MPI_Ibarrier") { cmpi_ibarrier(world, &$0) }
  }
}
