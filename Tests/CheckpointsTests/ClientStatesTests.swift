import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct ClientStatesTests {
  let folder = TemporaryFolder()
  var states: ClientStates { ClientStates(folder.path("clients")) }
  /// With each order of storage, names that do not sort in the layout's order.
  static let layouts: [String: ParameterLayout] = {
    var control = ParameterLayout()
    _ = control.add("conv1.weight", [4, 3, 2, 2], order: .convolution)
    _ = control.add("bn1.running_mean", [4], trainable: false)
    _ = control.add("fc.weight", [5, 4], order: .linear)
    return ["control": control, "target": makeLayout(100)]
  }()

  private func vectors(_ seed: UInt64) -> [String: ParameterVector] {
    Self.layouts.mapValues { makeVector($0, noise(seed, $0.count)) }
  }

  /// The line of what loading client 7 throws.
  private func refusal(
    _ kept: KeptState, _ layouts: [String: ParameterLayout] = ClientStatesTests.layouts
  ) -> String? {
    message { _ = try states.load(client: 7, kept, layouts: layouts) }
  }

  /// A killed rank may leave a state half-written, and another host may train the client next.
  @Test func whatAKilledRankLeftIsRemoved() throws {
    let kept = try states.save(vectors(3), client: 7, round: 12)
    folder.write("clients/.client-000003-round-000012.h5.tmp-elsewhere-42", "half")
    folder.write(".results.h5.tmp-elsewhere-42", "half")
    CheckpointFolder(folder.path).removeUnfinished()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: states.path) == [
        "client-000007-round-000012.h5"
      ])
    #expect(folder.names == ["clients"])
    try states.verify([7: kept])
  }

  @Test func aStateComesBackWhole() throws {
    let kept = try states.save(vectors(3), client: 7, round: 12)
    #expect(kept.round == 12)
    #expect(folder.names == ["clients"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: states.path) == [
        "client-000007-round-000012.h5"
      ])
    try states.verify([7: kept])
    let loaded = try states.load(client: 7, kept, layouts: Self.layouts)
    #expect(loaded.mapValues(bits) == vectors(3).mapValues(bits))
    #expect(loaded.mapValues(\.layout) == Self.layouts)
  }

  @Test func theSameStateHasTheSameSeal() throws {
    let first = try states.save(vectors(3), client: 7, round: 1)
    #expect(try states.save(vectors(3), client: 7, round: 1) == first)
    #expect(try states.save(vectors(4), client: 7, round: 1).seal != first.seal)
  }

  @Test func aMissingFileIsNamed() throws {
    let kept = try states.save(vectors(3), client: 7, round: 12)
    let path = states.file(client: 7, round: 12)
    try FileManager.default.removeItem(atPath: path)
    let line = "\(path): missing; put the run's own file back, or start over with --fresh"
    #expect(refusal(kept) == line)
    #expect(message { try states.verify([7: kept]) } == line)
  }

  /// A whole file with other values than this run has written.
  @Test func anotherRunsFileIsNamed() throws {
    let kept = try states.save(vectors(3), client: 7, round: 12)
    _ = try states.save(vectors(4), client: 7, round: 12)
    for line in [refusal(kept), message { try states.verify([7: kept]) }] {
      let line = try #require(line)
      #expect(line.hasPrefix("\(states.file(client: 7, round: 12)): not what this run wrote"))
      #expect(line.hasSuffix("or start over with --fresh") && !line.contains("\n"))
    }
  }

  @Test(arguments: ["truncated", "changed", "empty", "text"])
  func aDamagedFileIsNamed(damage: String) throws {
    let kept = try states.save(vectors(5), client: 7, round: 12)
    try CheckpointTests.damage(states.file(client: 7, round: 12), damage)
    let line = try #require(refusal(kept))
    #expect(line.hasPrefix("\(states.file(client: 7, round: 12)): damaged: "))
    #expect(line.hasSuffix("or start over with --fresh") && !line.contains("\n"))
    // The whole content is compared when it is read; before a run, its seal is.
    #expect((message { try states.verify([7: kept]) } == nil) == (damage == "changed"))
  }

  @Test func otherParametersAreRefused() throws {
    let kept = try states.save(vectors(3), client: 7, round: 12)
    let line = refusal(kept, ["control": makeLayout(9)])
    #expect(line?.contains("'control' has other parameters") == true, "\(line ?? "")")
  }

  /// Of two clients, 1 trained in rounds 1, 2, 4 and 6, and 2 in round 1 alone.
  @Test func whatCheckpointsNeedStays() throws {
    func remaining(checkpoints: [Int]) throws -> [String] {
      for round in [1, 2, 4, 6] { _ = try states.save(vectors(1), client: 1, round: round) }
      _ = try states.save(vectors(1), client: 2, round: 1)
      try writeFile(states.path + "/notes.txt", Array("mine".utf8))
      try states.prune(checkpoints: checkpoints)
      let names = try FileManager.default.contentsOfDirectory(atPath: states.path)
      return names.filter { $0.hasSuffix(".h5") }.sorted().map {
        String($0.dropFirst("client-00000".count).dropLast(".h5".count))
          .replacingOccurrences(of: "-round-00000", with: "/")
      }
    }
    // The round that is trained meanwhile has no checkpoint yet.
    #expect(try remaining(checkpoints: [5, 4]) == ["1/4", "1/6", "2/1"])
    #expect(try remaining(checkpoints: [4, 3]) == ["1/2", "1/4", "1/6", "2/1"])
    #expect(try remaining(checkpoints: [6, 5]) == ["1/4", "1/6", "2/1"])
    // A chosen round's.
    #expect(try remaining(checkpoints: [6, 5, 1]) == ["1/1", "1/4", "1/6", "2/1"])
    #expect(try remaining(checkpoints: []) == ["1/1", "1/2", "1/4", "1/6", "2/1"])
    #expect(FileManager.default.fileExists(atPath: states.path + "/notes.txt"))
  }

  /// Of a run that saves after each round, each checkpoint that is there finds its files.
  @Test func eachCheckpointFindsItsFiles() throws {
    let checkpoints = CheckpointFolder(folder.path)
    let states = checkpoints.clientStates
    let model = makeVector(makeLayout(10), noise(1, 10))
    var kept: [Int: KeptState] = [:]
    for round in 1...9 {
      for client in 0..<5 where (client + round) % 3 == 0 {
        kept[client] = try states.save(
          vectors(UInt64(round * 10 + client)), client: client, round: round)
      }
      try checkpoints.save(
        Checkpoint(
          round: round, job: "{}", shards: "", model: model, serverState: [:], kept: kept),
        keep: [2, 4])
    }
    #expect(checkpoints.rounds() == [9, 8, 4, 2])
    var needed: Set<String> = []
    for round in checkpoints.rounds() {
      let saved = try Checkpoint.load(checkpoints.file(round: round))
      try states.verify(saved.kept)
      for (client, state) in saved.kept {
        needed.insert(states.file(client: client, round: state.round))
        let loaded = try states.load(client: client, state, layouts: Self.layouts)
        let expected = vectors(UInt64(state.round * 10 + client))
        #expect(loaded.mapValues(bits) == expected.mapValues(bits))
      }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: states.path)
    #expect(Set(names.map { "\(states.path)/\($0)" }) == needed)
  }

  @Test func aRunThatKeepsNothingMakesNoFolder() throws {
    let model = makeVector(makeLayout(10), noise(1, 10))
    try CheckpointFolder(folder.path).save(
      Checkpoint(round: 1, job: "{}", shards: "", model: model, serverState: [:]))
    #expect(folder.names == ["checkpoint-000001.h5"])
  }
}
