import Checkpoints
import Foundation
import HDF5
import Tensors
import TestSupport
import Testing

@Suite struct CheckpointTests {
  let folder = TemporaryFolder()

  /// A model with each order of storage, names that do not sort in the layout's order.
  func makeCheckpoint(_ round: Int) -> Checkpoint {
    var layout = ParameterLayout()
    _ = layout.add("conv1.weight", [4, 3, 2, 2], order: .convolution)
    _ = layout.add("bn1.running_mean", [4], trainable: false)
    _ = layout.add("fc.weight", [5, 4], order: .linear)
    _ = layout.add("temperature", [])
    let model = makeVector(layout, noise(UInt64(round), layout.count))
    return Checkpoint(
      round: round, job: #"{"seed":1}"#, shards: "abc", model: model,
      serverState: ["momentum": makeVector(layout, noise(7, layout.count))])
  }

  @Test func aCheckpointComesBackWhole() throws {
    let path = folder.path("c.h5")
    let saved = makeCheckpoint(12)
    try saved.save(path)
    let loaded = try Checkpoint.load(path)
    #expect(loaded.round == 12 && loaded.job == saved.job && loaded.shards == "abc")
    #expect(loaded.model.layout == saved.model.layout)
    #expect(bits(loaded.model) == bits(saved.model))
    #expect(Array(loaded.serverState.keys) == ["momentum"])
    #expect(bits(loaded.serverState["momentum"]!) == bits(saved.serverState["momentum"]!))
    #expect(folder.names == ["c.h5"])
  }

  @Test func theFileHasPyTorchsNamesAndOrder() throws {
    let path = folder.path("c.h5")
    let checkpoint = makeCheckpoint(1)
    try checkpoint.save(path)
    let file = try HDF5File.open(path)
    #expect(
      try file.names(in: "/model") == [
        "bn1.running_mean", "conv1.weight", "fc.weight", "temperature",
      ])
    #expect(try file.shape("/model/conv1.weight") == [4, 3, 2, 2])
    let entry = try #require(checkpoint.model.layout.entry("conv1.weight"))
    #expect(try file.read("/model/conv1.weight") == checkpoint.model.torchValues(entry))
    #expect(try file.textAttribute("model_sha256") == modelHash(checkpoint.model))
  }

  @Test func theSameStateIsTheSameFile() throws {
    try makeCheckpoint(3).save(folder.path("a.h5"))
    try makeCheckpoint(3).save(folder.path("b.h5"))
    let contents = FileManager.default
    #expect(
      contents.contents(atPath: folder.path("a.h5"))
        == contents.contents(atPath: folder.path("b.h5")))
  }

  @Test func twoAreKept() throws {
    let checkpoints = CheckpointFolder(folder.path)
    #expect(try checkpoints.newest { _ in } == nil)
    for round in [0, 1, 2, 3, 1_234_567] { try checkpoints.save(makeCheckpoint(round)) }
    #expect(folder.names == ["checkpoint-000003.h5", "checkpoint-1234567.h5"])
    #expect(try checkpoints.newest { _ in }?.round == 1_234_567)
  }

  @Test func chosenRoundsStay() throws {
    let checkpoints = CheckpointFolder(folder.path)
    for round in 0...7 { try checkpoints.save(makeCheckpoint(round), keep: [2, 4, 9]) }
    #expect(checkpoints.rounds() == [7, 6, 4, 2])
  }

  @Test(arguments: ["truncated", "changed", "empty", "text"])
  func aDamagedNewestFallsBackWithAWarning(damage: String) throws {
    let checkpoints = CheckpointFolder(folder.path)
    try checkpoints.save(makeCheckpoint(4))
    try checkpoints.save(makeCheckpoint(5))
    try Self.damage(checkpoints.file(round: 5), damage)
    var warnings: [String] = []
    let found = try checkpoints.newest { warnings.append($0) }
    #expect(found?.round == 4)
    #expect(warnings.count == 1)
    #expect(warnings[0].hasPrefix(checkpoints.file(round: 5)))
    #expect(warnings[0].hasSuffix("going on from round 4"))
    #expect(!warnings[0].contains("\n"))
  }

  /// A checkpoint that cannot be looked into is not damaged, and no other is taken for it.
  @Test func oneThatCannotBeReadIsNotPassedOver() throws {
    let checkpoints = CheckpointFolder(folder.path)
    try checkpoints.save(makeCheckpoint(4))
    // A link to itself: root, too, is refused.
    let path = checkpoints.file(round: 5)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
    let said = message { _ = try checkpoints.newest { _ in } }
    #expect(said == "\(path): open failed: Too many levels of symbolic links", "\(said ?? "")")
  }

  @Test func aCheckpointUnderAnothersNameIsNotTaken() throws {
    let checkpoints = CheckpointFolder(folder.path)
    for round in [4, 5] { try checkpoints.save(makeCheckpoint(round)) }
    try FileManager.default.moveItem(
      atPath: checkpoints.file(round: 5), toPath: checkpoints.file(round: 9))
    #expect(
      message { _ = try checkpoints.load(round: 9) }
        == "\(checkpoints.file(round: 9)): is of round 5; give it its name back, or remove it")
    #expect(try checkpoints.newest { _ in }?.round == 4)
  }

  @Test func whereAllAreDamagedNothingStartsOverByItself() throws {
    let checkpoints = CheckpointFolder(folder.path)
    for round in [4, 5] {
      try checkpoints.save(makeCheckpoint(round))
      try Self.damage(checkpoints.file(round: round), "truncated")
    }
    #expect(throws: DamagedCheckpoints.self) { try checkpoints.newest { _ in } }
  }

  /// Each bit of the file that is turned is noticed, or belongs to no content.
  @Test func turnedBitsDoNotChangeWhatIsLoaded() throws {
    let path = folder.path("c.h5")
    let saved = makeCheckpoint(12)
    try saved.save(path)
    let whole = try #require(FileManager.default.contents(atPath: path))
    var random = RandomStream(seed: 1, purpose: .sampling)
    for _ in 0..<300 {
      var data = whole
      let place = random.index(below: data.count)
      data[place] ^= 1 << UInt8(random.index(below: 8))
      try data.write(to: URL(fileURLWithPath: path))
      guard let loaded = try? Checkpoint.load(path) else { continue }
      #expect(loaded.round == 12 && loaded.job == saved.job, "byte \(place)")
      #expect(bits(loaded.model) == bits(saved.model), "byte \(place)")
    }
  }

  /// A seal can be forged: what does not fit together is said all the same.
  @Test(arguments: [
    ("round", "damaged: it is of round -1"),
    ("weight", "/model/w of shape [4] is no weight of a layer"),
    ("long", "/model/w: read failed: an extent of [1099511627776] is more than this file of"),
    ("columns", "/clients has columns of several lengths"),
    ("twice", "/model has 'w\u{E9}' twice"),
  ])
  func craftedFilesAreRefused(_ fault: String, _ expected: String) throws {
    let path = folder.path("c.h5")
    try HDF5File.saveSealed(path) { file in
      try Checkpoint.format.stamp(file)
      try file.setAttribute("round", Int64(fault == "round" ? -1 : 1))
      try file.setAttribute("job", "{}")
      try file.setAttribute("shards", "abc")
      try file.makeGroup("/server")
      if fault == "long" {
        try file.createDataset("/model/w", of: Float.self, shape: [1 << 40])
      } else if fault != "twice" {
        try file.write("/model/w", [1, 2, 3, 4] as [Float])
      }
      // Two spellings of one name.
      let names = fault == "twice" ? ["w\u{E9}", "we\u{301}"] : ["w"]
      for (place, name) in names.enumerated() {
        let path = "/model/\(name)"
        if fault == "twice" { try file.write(path, [1] as [Float]) }
        try file.setAttribute("place", Int64(place), on: path)
        try file.setAttribute("order", fault == "weight" ? "linear" : "plain", on: path)
        try file.setAttribute("trainable", 1 as Int64, on: path)
      }
      if fault == "columns" {
        try file.write("/clients/client", [1, 2] as [Int64])
        try file.write("/clients/round", [1] as [Int64])
        try file.write("/clients/seal", texts: ["a", "b"])
      }
    }
    let said = message { _ = try Checkpoint.load(path) } ?? "nothing"
    #expect(said.hasPrefix("\(path): ") && said.contains(expected), "\(said)")
  }

  @Test func leftoversOfAKilledRunAreRemoved() throws {
    let checkpoints = CheckpointFolder(folder.path)
    try checkpoints.save(makeCheckpoint(1))
    folder.write(".checkpoint-000002.h5.tmp-4711", "half")
    folder.write(".results.h5.tmp-4711", "half")
    folder.write("notes.txt", "mine")
    checkpoints.removeUnfinished()
    #expect(folder.names == ["checkpoint-000001.h5", "notes.txt"])
  }

  static func damage(_ path: String, _ kind: String) throws {
    let url = URL(fileURLWithPath: path)
    var data = try Data(contentsOf: url)
    switch kind {
    case "truncated": data = data.prefix(data.count / 2)
    case "empty": data = Data()
    case "text": data = Data("this is no checkpoint".utf8)
    default:
      // A value of the model: the file's own checksum or ours notices.
      let values = noise(5, 1).withUnsafeBytes { Data($0) }
      let place = data.range(of: values)!.lowerBound
      data[place] ^= 1
    }
    try data.write(to: url)
  }
}
