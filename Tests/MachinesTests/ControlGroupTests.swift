import TestSupport
import Testing

@testable import Machines

/// Limits of containers and batch jobs, in files as the kernel has them.
@Suite struct ControlGroupTests {
  private let folder = TemporaryFolder()

  private func group(_ own: String) -> ControlGroup {
    ControlGroup(own: own, mount: folder.path)
  }

  /// Version 2: the least of what a group and those above it have.
  @Test func versionTwo() {
    folder.write("slurm/job_7/cpu.max", "max 100000\n")
    folder.write("slurm/cpu.max", "250000 100000\n")
    folder.write("slurm/job_7/memory.max", "4096\n")
    folder.write("slurm/job_7/memory.current", "1096\n")
    folder.write("slurm/memory.max", "max\n")
    folder.write("slurm/memory.current", "9000\n")
    let own = group("0::/slurm/job_7\n")
    #expect(own.cores == 2.5 && own.memory == 3000)
    #expect(group("0::/other\n").cores == nil && group("0::/other\n").memory == nil)
  }

  /// Version 1: a tree for each controller; -1 is no limit.
  @Test func versionOne() {
    folder.write("cpu/docker/a/cpu.cfs_quota_us", "150000\n")
    folder.write("cpu/docker/a/cpu.cfs_period_us", "100000\n")
    folder.write("cpu/docker/cpu.cfs_quota_us", "-1\n")
    folder.write("cpu/docker/cpu.cfs_period_us", "100000\n")
    folder.write("memory/memory.limit_in_bytes", "100\n")
    folder.write("memory/memory.usage_in_bytes", "300\n")
    let own = group("4:memory:/\n2:cpu,cpuacct:/docker/a\n")
    #expect(own.cores == 1.5 && own.memory == 0)
  }

  @Test func listsOfCores() {
    #expect(Machine.cores(ofList: "0-3,8") == [0, 1, 2, 3, 8])
    #expect(Machine.cores(ofList: "5") == [5] && Machine.cores(ofList: "x").isEmpty)
  }
}
