import Foundation
import Testing

/// Numbers in messages agree with their nouns: `counted` says both, in every target that has it.
@Suite struct CountsTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  /// Targets below `Catalogues`, where messages of counts are for programmers, or of bytes.
  private static let others: Set = [
    "CCrypto", "CFFTW", "CHDF5", "CMPG123", "CMPI", "CSndFile", "CSoxr", "CSpng",
    "CTurboJPEG", "CZlib", "Checkpoints", "Digests", "Files", "HDF5", "Kernels", "Layers",
    "LinearAlgebra", "Machines", "Media",
    "MessagePassing", "Spectra", "Tensors",
  ]
  private static let nouns = [
    "bins", "cells", "classes", "clients", "clips", "cores", "epochs", "evaluations", "features",
    "figures", "files", "folders", "groups", "hosts", "images", "labels", "neighbours", "nodes",
    "offsets", "others", "parameters", "partners", "pieces", "places", "processes", "ranks",
    "records", "rounds", "rows", "runs", "samples", "steps", "tasks", "threads", "trainings",
    "turns", "values", "views", "workers",
  ]
  /// Keys of files, and numbers that are never 1.
  private static let exceptions = [
    "samples of \\(shape)", "files or samples are damaged", "2 x \\(batch) views",
    "\\(samples) samples\"", "\\(dimension) values", "\\(workers) workers\"]",
    "\\(clients) clients, \\(name)\"]", "\\(EpochPlan.smallestRest) samples",
    "\\(Sweep.mostCells) cells", "clients/s", "views/s", "classes on average",
    "\\(modality) samples", "\\(modality) classes", "\\(engine.threads) threads",
  ]

  @Test func countsAgreeInNumber() throws {
    let pattern = try Regex("\\\\\\([^\"]*\\) (\(Self.nouns.joined(separator: "|")))\\b")
    var files = 0
    for target in try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/Sources")
    where !Self.others.contains(target) {
      let names = try FileManager.default.subpathsOfDirectory(
        atPath: "\(Self.root)/Sources/\(target)")
      for name in names where name.hasSuffix(".swift") {
        files += 1
        let text = try String(
          contentsOfFile: "\(Self.root)/Sources/\(target)/\(name)", encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
          let before = lines[max(0, index - 3)...index].joined()
          guard line.contains(pattern), !before.contains("precondition"),
            !Self.exceptions.contains(where: line.contains)
          else { continue }
          Issue.record("\(target)/\(name):\(index + 1): use counted(…): \(line)")
        }
      }
    }
    #expect(files > 150)
  }
}
