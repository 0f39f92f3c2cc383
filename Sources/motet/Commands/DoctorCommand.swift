import ArgumentParser
import Catalogues
import Checkpoints
import Federation
import Files
import Foundation
import Jobs
import Layers
import LinearAlgebra
import Machines
import MessagePassing
import Spectra
import Tensors
import Training

/// What this machine gives, and whether the ranks can work together: under mpirun, it makes real
/// collectives.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show what this machine gives: MPI, cores, memory, lanes, a folder.",
    discussion: """
      Under mpirun or srun it shows what each rank has, and whether they sum the same. Whatever is off \
      has a line that begins with 'advice:' and says what helps.
      """)

  @Option(
    help: ArgumentHelp(
      "Where results are to lie: tried out for locks and space.", valueName: "folder"),
    completion: .directory)
  var folder = "."

  func run() throws {
    try onAllRanks { communicator in
      let machine = Machine()
      let engine = try communicator.agree {
        try Engine(lanes: try Engine.lanesFromEnvironment())
      }
      let spectra = Self.spectra()
      let own =
        "\(machine.host), \(counted(machine.cores, "core")), "
        + "\(machine.availableMemory >> 20) MiB free, \(engine.instructionSet), "
        + "spectra \(spectra.prefix(12))"
      let ranks = try communicator.gather(text: own)
      let hosts = try communicator.gather(text: "\(machine.host) \(spectra)")
      let cores = try communicator.gather(Machine.allowedCores().sorted().map { Int64($0) })
      try communicator.barrier()
      let clocks = try communicator.gather([Int64(Date().timeIntervalSince1970 * 1000)])
      try communicator.tellOfSharedCores()
      let sum = try Self.exactSum(communicator)
      guard communicator.rank == 0 else { return }
      Provenance.lines().forEach(Console.line)
      Console.line(
        "started as "
          + (Communicator.isRank
            ? "\(counted(communicator.size, "rank"))" : "one process alone, not by mpirun or srun"))
      Console.line("processor: \(machine.processor)")
      do {
        Console.line("OpenBLAS: \(try OpenBLAS.build())")
      } catch { Console.line("OpenBLAS: \(error)") }
      for (rank, text) in (ranks ?? []).enumerated() { Console.line("rank \(rank): \(text)") }
      let views = (hosts ?? []).indices.map { rank in
        let words = hosts![rank].split(separator: " ")
        return RankAdvice.View(
          host: String(words[0]), cores: Set(cores![rank].map { Int($0) }),
          spectra: String(words[1]), clock: clocks![rank][0])
      }
      let place = FolderCheck(folder)
      Console.line(
        "folder \(URL(fileURLWithPath: folder).standardizedFileURL.path): "
          + "\(String(format: "%.1f", Double(place.free) / 0x1p30)) GiB free")
      for line in RankAdvice.lines(views) + place.advice.map({ "\(folder): \($0)" }) {
        Console.line("advice: \(line)")
      }
      Console.line("exact sum: sha256 \(sum)")
    }
  }

  /// The hash of some spectra of noise: the same wherever FFTW takes the same code.
  private static func spectra() -> String {
    let spectra = Spectra(window: [Float](repeating: 1, count: 400), length: 1024)
    var layout = ParameterLayout()
    _ = layout.add("spectra", [16, spectra.stride])
    let values = ParameterVector(layout)
    var random = RandomStream(seed: 1, purpose: .sampling)
    let signal = (0..<16 * 400).map { _ in random.uniform() - 0.5 }
    let scratch: UnsafeMutableBufferPointer<Float> = allocate(spectra.scratchCount)
    defer { UnsafeMutableRawPointer(scratch.baseAddress!).deallocate() }
    spectra.compute(
      signal, frames: 16, hop: 400, into: values.floats.baseAddress!,
      scratch: scratch.baseAddress!)
    return modelHash(values)
  }

  /// A federated mean over 60 made-up clients, broadcast first and summed exactly, as a round does
  /// it: its hash is the same for any number of ranks.
  private static func exactSum(_ communicator: Communicator) throws -> String {
    var layout = ParameterLayout()
    _ = layout.add("values", [1 << 16])
    let global = ParameterVector(layout)
    if communicator.rank == 0 {
      var random = RandomStream(seed: 1, purpose: .sampling)
      for i in 0..<global.count { global.floats[i] = random.uniform() - 0.5 }
    }
    try communicator.broadcast(global.floats)
    let sum = try ExactSum(layout, on: communicator)
    for client in stride(from: communicator.rank, to: 60, by: communicator.size) {
      let model = global.copy()
      var random = RandomStream(seed: 1, purpose: .sampling, client: client + 1)
      for i in 0..<model.count { model.floats[i] += random.uniform() - 0.5 }
      // Shares 1/1830, 2/1830, … of 1.
      try sum.add(
        Contribution(model, weight: Double(client + 1) / 1830), client: client, round: 1)
    }
    try sum.reduce(communicator)
    return modelHash(sum.vector())
  }
}
