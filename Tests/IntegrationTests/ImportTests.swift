import Foundation
import Media
import TestSupport
import Testing

/// An import that is killed continues with the same command to the same file.
@Suite(.serialized) struct ImportTests {
  private let folder = TemporaryFolder()

  /// Sounds of 1.25 MB each.
  init() throws {
    for i in 0..<8 {
      try writeFile(
        folder.path("sounds/beep/\(i).wav"),
        waveFile(noisy(i + 3), rate: 16_000))
    }
  }

  private func noisy(_ factor: Int) -> [Int16] {
    (0..<640_000).map { Int16(truncatingIfNeeded: $0 &* factor) }
  }

  private func arguments(_ store: String) -> [String] {
    [
      "data", "import", "sound-folder", "--from", folder.path("sounds"), "--to",
      folder.path(store), "--threads", "2",
    ]
  }

  @Test(arguments: [SIGKILL, SIGINT])
  func aKilledImportContinues(signal: Int32) throws {
    // After them sounds that must be resampled, a second's work and more: the signal comes before
    // their end.
    let slow = folder.path("sounds/beep/slow-0.wav")
    try writeFile(slow, waveFile(noisy(11), rate: 48_000))
    for i in 1..<200 { #expect(link(slow, folder.path("sounds/beep/slow-\(i).wav")) == 0) }
    let running = try RunningProcess(
      productsFolder.appendingPathComponent("motet").path, arguments("a.h5"))
    let journal = folder.path(".a.h5.import")
    func size() -> Int {
      (try? FileManager.default.attributesOfItem(atPath: journal)[.size] as? Int) ?? 0
    }
    // Eight are read; two blocks of more than 4 MiB are in the file.
    try waitUntil { size() >= 10_000_000 }
    kill(running.process.processIdentifier, signal)
    #expect(running.wait().status == signal)
    #expect(folder.names.count { $0.hasPrefix(".a.h5.") } == 2 && !folder.names.contains("a.h5"))

    let continued = try run("motet", arguments("a.h5"))
    #expect(continued.status == 0, "\(continued.errors)")
    let line = /continued: (\d+) samples had been read before/
    let before = try #require(continued.errors.firstMatch(of: line)).output.1
    #expect((1..<208).contains(Int(before) ?? 0))
    #expect(folder.names == ["a.h5", "sounds"])
    #expect(try run("motet", arguments("b.h5")).errors == "")
    let files = ["a.h5", "b.h5"].map { FileManager.default.contents(atPath: folder.path($0)) }
    #expect(files[0] != nil && files[0] == files[1])
  }

  /// A file that may not grow stands for a full disk.
  @Test func aFullDiskIsOneLine() throws {
    func limited(_ kibibytes: Int, _ arguments: [String]) throws -> ProcessResult {
      let executable = productsFolder.appendingPathComponent("motet").path
      return try RunningProcess(
        "/bin/bash",
        ["-c", "trap '' XFSZ; ulimit -f \(kibibytes); exec \"$0\" \"$@\"", executable] + arguments
      ).wait()
    }
    func expectOneLine(_ result: ProcessResult) {
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors.contains("File too large"), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
    expectOneLine(
      try limited(1_000, ["data", "synthesize", "--to", folder.path("a.h5"), "--side", "32"]))
    expectOneLine(try limited(2_000, arguments("a.h5")))
    #expect(folder.names == ["sounds"])
    // Here much was read.
    let late = try limited(8_000, arguments("a.h5"))
    expectOneLine(late)
    #expect(late.errors.contains("the same command continues there"))
    #expect(folder.names == [".a.h5.import", "sounds"])
    #expect(try run("motet", arguments("a.h5")).errors.hasPrefix("motet: continued: "))
    #expect(folder.names == ["a.h5", "sounds"])
  }

  @Test func pairsAreMadeOfTwoStores() throws {
    for i in 0..<6 {
      try writeFile(folder.path("pictures/beep/\(i).png"), [])
      try Picture(width: 8, height: 8, colour: .white).writePNG(
        folder.path("pictures/beep/\(i).png"))
    }
    func motet(_ arguments: [String]) throws -> ProcessResult {
      try run("motet", ["data"] + arguments)
    }
    func pair(_ image: String, _ audio: String) throws -> ProcessResult {
      try motet([
        "pair", "--data", "\(image)=\(folder.path("i.h5"))", "--data",
        "\(audio)=\(folder.path("a.h5"))", "--to", folder.path("pairs.h5"),
      ])
    }
    #expect(try run("motet", arguments("a.h5")).status == 0)
    #expect(
      try motet([
        "import", "image-folder", "--from", folder.path("pictures"), "--to", folder.path("i.h5"),
      ]).status == 0)
    let twice = try pair("image", "image")
    #expect(twice.status != 0 && twice.errors.contains("--data image is given twice"))
    let swapped = try pair("audio", "image")
    #expect(swapped.errors == "motet: \(folder.path("i.h5")): there is no 'audio'; it has: image\n")
    #expect(!folder.names.contains("pairs.h5"))
    let made = try pair("image", "audio")
    #expect(
      made.errors == "motet: without partner: 1 of 'audio' in split 'test'\n"
        + "motet: without partner: 1 of 'audio' in split 'train'\n")
    #expect(made.lines.contains("pairs of audio and image in train: 5"))
    #expect(made.lines.contains("pairs of audio and image in test: 1"))
  }
}
