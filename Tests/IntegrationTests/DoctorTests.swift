import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct DoctorTests {
  /// The doctor broadcasts a model and sums 60 clients' models exactly; each rank says
  /// which spectra FFTW gives it.
  @Test func anyNumberOfRanksSumsTheSame() throws {
    let alone = try run("motet", ["doctor"])
    #expect(alone.status == 0, "\(alone.errors)")
    #expect(alone.lines.contains { $0.hasPrefix("FFTW: fftw-3.") })
    let sum = try #require(alone.lines.first { $0.hasPrefix("exact sum: sha256 ") })
    let line = try #require(alone.lines.first { $0.hasPrefix("rank 0: ") })
    let spectra = line.split(separator: " ").suffix(2)
    #expect(spectra.first == "spectra")
    for ranks in [1, 2, 3, 5] {
      let result = try mpirun(ranks, "motet", ["doctor"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.lines.last == sum, "\(ranks) ranks")
      let lines = result.lines.filter { $0.hasPrefix("rank ") }
      #expect(lines.count == ranks)
      #expect(Set(lines.map { $0.split(separator: " ").suffix(2) }) == [spectra], "\(lines)")
    }
  }

  /// Two jobs that are bound to one core are told of, once; ranks of one job are not.
  @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1))
  func sharedCoresAreNoticed() throws {
    let motet = productsFolder.appendingPathComponent("motet").path
    let other = try RunningProcess(
      "/usr/bin/taskset", ["-c", "0", motet, "bench", "knn", "--queries", "1000000"])
    defer { other.process.terminate() }
    // From taskset to the program itself.
    usleep(500_000)
    let alone = try RunningProcess("/usr/bin/taskset", ["-c", "0", motet, "doctor"]).wait()
    #expect(
      alone.errors.contains(
        "another job, process \(other.process.processIdentifier), is bound to core 0 as this one"),
      "\(alone.errors)")
    let unbound = try run("motet", ["doctor"])
    #expect(unbound.errors.isEmpty, "\(unbound.errors)")
    let ranks = try RunningProcess(
      "/usr/bin/taskset",
      ["-c", "1"] + launcher(2) + [motet, "doctor"]
    ).wait()
    #expect(ranks.status == 0 && !ranks.errors.contains("another job"), "\(ranks.errors)")
  }

  /// A folder that cannot be written, and ranks that share what none of them can share.
  @Test func whatIsOffHasAdvice() throws {
    let folder = TemporaryFolder()
    let well = try run("motet", ["doctor", "--folder", folder.path])
    #expect(well.lines.contains { $0.hasPrefix("folder \(folder.path): ") }, "\(well.output)")
    #expect(!well.output.contains("advice: \(folder.path): files"))
    #expect(folder.names.isEmpty)
    let off = try run("motet", ["doctor", "--folder", folder.path("none")])
    #expect(off.status == 0, "\(off.errors)")
    #expect(
      off.lines.contains { $0.hasPrefix("advice: \(folder.path("none")): there is no such folder") }
    )
    let motet = productsFolder.appendingPathComponent("motet").path
    let crowd = try RunningProcess(
      "/usr/bin/taskset", ["-c", "0"] + launcher(4) + [motet, "doctor"]
    ).wait()
    #expect(
      crowd.lines.contains { $0.contains(": 4 ranks may run on the same 1 core alone") },
      "\(crowd.output)")
  }
}
