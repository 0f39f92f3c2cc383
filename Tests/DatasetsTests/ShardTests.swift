import Catalogues
import Datasets
import Files
import Foundation
import HDF5
import Inspection
import TestSupport
import Testing

@Suite(.serialized) struct ShardTests {
  private let labels = (0..<300).map { $0 % 3 }

  private func plan(
    _ store: String, clients: Int = 10, seed: UInt64 = 1, alpha: Double = 0.5, minimum: Int = 0,
    byReference: Bool = false, mix: ModalityMix? = nil
  ) throws -> ShardPlan {
    let source = try ShardPlan.Source(
      path: store, partitioner: ["name": "dirichlet", "alpha": .number(alpha)], minimum: minimum)
    return ShardPlan(
      sources: ["image": source, "audio": source], clients: clients, seed: seed,
      byReference: byReference, mix: mix)
  }

  /// Runs `body` with a store of both modalities and the path of a folder for shards.
  private func withStore(_ body: (_ store: String, _ shards: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try writeStore("\(folder)/a.h5", labels: labels, classes: 3, sounds: true)
      try body("\(folder)/a.h5", "\(folder)/shards")
    }
  }

  @Test(arguments: [false, true])
  func clientsHoldTheirSamples(byReference: Bool) throws {
    try withStore { store, folder in
      let plan = try plan(store, minimum: 2, byReference: byReference)
      #expect(try makeShards(plan: plan, to: folder) == .written)
      let shards = try ShardReader.open("\(folder)/manifest.h5")
      #expect(shards.clientCount == 10 && shards.modalities == ["audio", "image"])
      #expect(shards.isByReference == byReference)
      let manifest = try HDF5File.open("\(folder)/manifest.h5")
      let statistics = try manifest.attributeNames(on: "/statistics/image").reduce(into: [:]) {
        $0[$1] = try manifest.doubleAttribute($1, on: "/statistics/image")
      }
      #expect(statistics == ["samples": 300, "bytes": 900])
      #expect(try shards.classes("audio") == ["s0", "s1", "s2"])
      #expect(try shards.plan == plan.entries())
      try shards.verifyFiles()

      let source = try SampleStore.open(store)
      var seen = ["image": Set<[UInt8]>(), "audio": Set<[UInt8]>()]
      for client in (0..<10).reversed() {
        let data = try shards.load(client: client)
        #expect(data.client == client)
        for modality in ["image", "audio"] {
          let set = try #require(data.sets[modality])
          #expect(set.count == shards.count(client, modality) && set.count >= 2)
          let indices = try #require(shards.partitions[modality]).samples(of: client)
          let expected = try source.load(modality, split: "train", indices: Array(indices))
          #expect(bytes(set) == bytes(expected) && set.labels == expected.labels)
          seen[modality]!.formUnion(bytes(set).map { $0 + [UInt8(client)] })
          let counts = try shards.counts(modality)[client]
          #expect(counts == (0..<3).map { label in set.labels.count { $0 == label } })
        }
      }
      #expect(seen["image"]!.count == 300)
    }
  }

  @Test(arguments: [false, true], [false, true])
  func shardsHonourTheMix(byReference: Bool, redistributes: Bool) throws {
    try withStore { store, folder in
      let mix = ModalityMix(
        ["image": 0.4, "audio": 0.3, "image+audio": 0.3], clients: 10, seed: 1,
        redistributes: redistributes)
      try makeShards(plan: plan(store), to: "\(folder)-all")
      try makeShards(plan: plan(store, byReference: byReference, mix: mix), to: folder)
      let all = try ShardReader.open("\(folder)-all")
      let shards = try ShardReader.open(folder)
      #expect(shards.fingerprint != all.fingerprint)
      let lines = try describe(shards)
      for (modality, count) in [("image", 7), ("audio", 6)] {
        let holders = mix.holders(of: modality)
        #expect(holders.count == count && shards.holders[modality] == holders)
        var total = 0
        for client in 0..<10 {
          let own = shards.count(client, modality)
          total += own
          if !holders.contains(client) { #expect(own == 0) }
          if !redistributes, holders.contains(client) {
            #expect(own == all.count(client, modality))
          }
          #expect(try shards.load(client: client).sets[modality]?.count ?? 0 == own)
          #expect(try shards.counts(modality)[client].reduce(0, +) == own)
        }
        #expect(try shards.unused(modality) == 300 - total)
        #expect((total == 300) == redistributes)
        #expect(lines.contains { $0.hasPrefix("\(modality): \(total) samples by ") })
        let unused = total == 300 ? "" : "; \(300 - total) samples are unused"
        #expect(lines.contains("  \(count) of 10 clients have the modality\(unused)"))
      }
      #expect(all.holders.isEmpty)
      _ = try HeatMap(shards).draw()
      try shards.verifyFiles()
      let said = message { try makeShards(plan: try plan(store), to: folder) }
      #expect(
        said?.contains("mix is audio=0.3,image=0.4,image+audio=0.3, wanted none") == true,
        "\(said ?? "")")
    }
  }

  @Test func shardsNoteWhatIsMissing() throws {
    try withStore { store, folder in
      func mix(_ missing: [String: Double]) -> ModalityMix {
        ModalityMix(missing: missing, of: ["image", "audio"], clients: 10, seed: 1)
      }
      let some = mix(["image": 0.3, "audio": 0.2])
      try makeShards(plan: plan(store, mix: some), to: folder)
      let shards = try ShardReader.open(folder)
      for modality in ["image", "audio"] {
        #expect(shards.holders[modality] == some.holders(of: modality))
      }
      let said = message { try makeShards(plan: try plan(store), to: folder) }
      #expect(
        said?.contains("mix is missing audio=0.2,image=0.3, wanted none") == true, "\(said ?? "")")
      // Where nothing is missing, there is no mix.
      try makeShards(plan: plan(store), to: "\(folder)-2")
      #expect(
        try makeShards(plan: plan(store, mix: mix(["image": 0])), to: "\(folder)-2") == .unchanged)
    }
  }

  /// Figure 4 begins where no client has the second modality, and ends where all have it.
  @Test func aModalityThatNobodyOrEverybodyHas() throws {
    try withStore { store, folder in
      let nobody = ModalityMix(["image": 1, "image+audio": 0], clients: 10, seed: 1)
      try makeShards(plan: plan(store, mix: nobody), to: folder)
      let shards = try ShardReader.open(folder)
      try shards.verifyFiles()
      #expect(try shards.unused("audio") == 300)
      #expect(try (0..<10).allSatisfy { Set(try shards.load(client: $0).sets.keys) == ["image"] })
      #expect(
        try describe(shards).contains("  0 of 10 clients have the modality; 300 samples are unused")
      )
      _ = try HeatMap(shards).draw()
      // Where everybody has everything, there is no mix.
      let everybody = ModalityMix(["image": 0, "image+audio": 1], clients: 10, seed: 1)
      try makeShards(plan: plan(store), to: "\(folder)-2")
      #expect(try makeShards(plan: plan(store, mix: everybody), to: "\(folder)-2") == .unchanged)
    }
  }

  @Test func copiesAndReferencesHaveOneFingerprint() throws {
    try withStore { store, folder in
      func fingerprint(_ name: String, _ plan: ShardPlan) throws -> String {
        try makeShards(plan: plan, to: "\(folder)-\(name)")
        return try ShardReader.open("\(folder)-\(name)").fingerprint
      }
      let first = try fingerprint("a", plan(store))
      #expect(try fingerprint("b", plan(store)) == first)
      #expect(try fingerprint("c", plan(store, byReference: true)) == first)
      #expect(try fingerprint("d", plan(store, seed: 2)) != first)
      #expect(try fingerprint("e", plan(store, clients: 11)) != first)
      #expect(try fingerprint("f", plan(store, alpha: 0.6)) != first)
    }
  }

  @Test func theSamePlanIsNotWrittenTwice() throws {
    try withStore { store, folder in
      let plan = try plan(store)
      try makeShards(plan: plan, to: folder)
      let before = try FileManager.default.attributesOfItem(atPath: "\(folder)/manifest.h5")
      #expect(try makeShards(plan: plan, to: folder) == .unchanged)
      let after = try FileManager.default.attributesOfItem(atPath: "\(folder)/manifest.h5")
      #expect(before[.modificationDate] as? Date == after[.modificationDate] as? Date)

      let other = try self.plan(store, seed: 3)
      #expect(
        message { try makeShards(plan: other, to: folder) }
          == "\(folder): holds shards of another plan (seed is 1, wanted 3); "
          + "--overwrite replaces them, or give another folder")
      // Other data under the same name.
      try writeStore(store, labels: labels.reversed(), classes: 3, sounds: true)
      let said = message { try makeShards(plan: plan, to: folder) }
      #expect(said?.contains("audio.data is") == true, "\(said ?? "")")
    }
  }

  @Test func nothingIsLeftBehindByWhatFails() throws {
    try withStore { store, folder in
      let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
      let impossible = try plan(store, minimum: 31)
      #expect(
        message { try makeShards(plan: impossible, to: folder) }?.hasPrefix("minimum: audio has")
          == true)
      let missing = try plan("\(parent)/none.h5")
      #expect(
        message { try makeShards(plan: missing, to: folder) }
          == "\(parent)/none.h5: open failed: there is no such file")
      #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["a.h5"])
      try writeFile("\(folder)/mine.txt", Array("keep".utf8))
      #expect(
        message { try makeShards(plan: try plan(store), to: folder) }
          == "\(folder): is not empty and holds no shards; give another folder")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["mine.txt"])
      try writeFile("\(parent)/file", [1])
      #expect(
        message { try makeShards(plan: try plan(store), to: "\(parent)/file/shards") }
          == "\(parent)/file: cannot be made (File exists)")
    }
  }

  @Test func whatAKilledRunLeftIsRemoved() throws {
    try withStore { store, folder in
      let left = TemporaryName.beside(folder).dropLast("\(getpid())".count) + "99999991"
      try writeFile("\(left)/clients-0000.h5", [1])
      try makeShards(plan: plan(store), to: folder)
      #expect(!FileManager.default.fileExists(atPath: String(left)))
    }
  }

  @Test func shardsAreReplacedWhereThatIsMeant() throws {
    try withStore { store, folder in
      let plan = try plan(store)
      let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
      func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: parent).sorted()
      }
      #expect(try makeShards(plan: plan, to: folder, overwrite: true) == .written)
      let expected = try ShardReader.open(folder).fingerprint
      let before = try names()
      try makeShards(plan: self.plan(store, seed: 3), to: folder, overwrite: true)
      #expect(try ShardReader.open(folder).fingerprint != expected)
      // What replaced it is whole, and nothing of the old is left beside.
      try makeShards(plan: plan, to: folder, overwrite: true)
      #expect(try ShardReader.open(folder).fingerprint == expected && names() == before)
      // Those of the same plan are made anew: they may be damaged.
      for name in ["clients-0000.h5", "manifest.h5"] {
        try writeFile("\(folder)/\(name)", [1, 2, 3])
        #expect(try makeShards(plan: plan, to: folder, overwrite: true) == .written)
        try ShardReader.open(folder).verifyFiles()
      }
      // A plan that cannot be leaves what is there.
      #expect(
        message { try makeShards(plan: self.plan(store, minimum: 31), to: folder, overwrite: true) }
          != nil)
      #expect(try ShardReader.open(folder).fingerprint == expected && names() == before)
      // Through a link.
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)-link", withDestinationPath: folder)
      try makeShards(plan: self.plan(store, seed: 4), to: "\(folder)-link", overwrite: true)
      #expect(try ShardReader.open(folder).plan["seed"] == "4")
    }
  }

  @Test func whatIsNoShardsFolderIsNeverReplaced() throws {
    try withStore { store, folder in
      let plan = try plan(store)
      try writeFile("\(folder)/notes.txt", [1])
      func said() -> String? {
        message { try makeShards(plan: plan, to: folder, overwrite: true) }
      }
      #expect(said() == "\(folder): is not empty and holds no shards; give another folder")
      try makeShards(plan: plan, to: "\(folder)-2")
      try FileManager.default.copyItem(
        atPath: "\(folder)-2/manifest.h5", toPath: "\(folder)/manifest.h5")
      #expect(
        said()
          == "\(folder): holds 'notes.txt' beside shards; move it away or give another folder")
      try FileManager.default.removeItem(atPath: "\(folder)/notes.txt")
      try FileManager.default.removeItem(atPath: "\(folder)/manifest.h5")
      try FileManager.default.copyItem(atPath: store, toPath: "\(folder)/manifest.h5")
      #expect(said()?.hasSuffix("a motet sample store; expected a motet shard manifest") == true)
      #expect(FileManager.default.fileExists(atPath: "\(folder)/manifest.h5"))
    }
  }

  @Test func filesOfOtherShardsAreRefused() throws {
    try withStore { store, folder in
      try makeShards(plan: plan(store), to: folder)
      try makeShards(plan: plan(store, seed: 2), to: "\(folder)-2")
      let file = "\(folder)/clients-0000.h5"
      try FileManager.default.removeItem(atPath: file)
      let missing = try ShardReader.open(folder)
      #expect(
        message { try missing.verifyFiles() } == "\(file): open failed: there is no such file")
      try FileManager.default.copyItem(atPath: "\(folder)-2/clients-0000.h5", toPath: file)
      let said = message { _ = try ShardReader.open(folder).load(client: 0) }
      #expect(said?.hasPrefix("\(file): belongs to other shards") == true, "\(said ?? "")")
      let store = message { _ = try ShardReader.open(store) }
      #expect(
        store?.hasSuffix("this is a motet sample store; expected a motet shard manifest") == true)
    }
  }

  @Test func truncatedShardsAreRefused() throws {
    try withStore { store, folder in
      try makeShards(plan: plan(store), to: folder)
      for name in ["clients-0000.h5", "manifest.h5"] {
        let path = "\(folder)/\(name)"
        let whole = try #require(FileManager.default.contents(atPath: path))
        try writeFile(path, whole.prefix(whole.count - 50))
        let said = message { try ShardReader.open(folder).verifyFiles() }
        #expect(said?.hasPrefix("\(path): ") == true && said?.contains("\n") == false)
        try writeFile(path, whole)
      }
    }
  }

  /// A manifest with any part made anew, as nobody but an attacker would.
  @Test(arguments: [
    ("first", "/first_client is damaged; make the shards again"),
    ("firsts", "/first_client is damaged; make the shards again"),
    ("beyond", "/first_client is damaged; make the shards again"),
    ("clients", "holds no clients, or too many; make the shards again"),
    ("index", "/train/image: sample 9223372036854775807 of 300"),
    ("counts", "/counts/image is damaged; make the shards again"),
    ("negative", "/counts/image is damaged; make the shards again"),
    ("moved counts", "/counts/image is damaged; make the shards again"),
  ])
  func craftedManifestsAreRefused(_ fault: String, _ expected: String) throws {
    try withStore { store, folder in
      try makeShards(plan: plan(store, byReference: fault == "index"), to: folder)
      let path = "\(folder)/manifest.h5"
      do {
        let file = try HDF5File.open(path, writable: true)
        func replace(_ name: String, _ values: [Int64]) throws {
          let rows = try file.shape(name)[0]
          try values.withUnsafeBufferPointer {
            try file.write(name, rows: 0..<min(rows, values.count), from: $0)
          }
        }
        switch fault {
        case "first": try replace("/first_client", [-1])
        case "firsts": try replace("/first_client", [0, 0])
        case "beyond": try replace("/first_client", [0, .max])
        case "index":
          let offsets = try file.read("/partition/image/offset", as: Int64.self)
          let count = try file.shape("/partition/image/indices")[0]
          #expect(offsets.last == Int64(count))
          try replace("/partition/image/indices", [Int64](repeating: .max, count: count))
        case "counts", "negative", "moved counts":
          let known = try file.read("/counts/image", as: Int64.self).prefix(6)
          let values: [Int64] =
            switch fault {
            case "counts": [Int64](repeating: .max, count: 6)
            case "negative": [known[0] + known[1] + 1, -1] + known[2...]
            default: [known[3], known[4], known[5], known[0] + 1, known[1], known[2]]
            }
          try values.withUnsafeBufferPointer {
            try file.write("/counts/image", rows: 0..<2, from: $0)
          }
        case "clients": try file.setAttribute("clients", "9223372036854775807", on: "plan")
        default: Issue.record("unknown")
        }
      }
      let said = message {
        let shards = try ShardReader.open(folder)
        for client in 0..<10 { _ = try shards.load(client: client) }
        _ = try describe(shards)
      }
      #expect(said?.hasSuffix(expected) == true, "\(said ?? "nothing")")
    }
  }

  /// By reference, the store must still be the one that was cut.
  @Test func changedStoresAreRefused() throws {
    try withStore { store, folder in
      try makeShards(plan: plan(store, byReference: true), to: folder)
      try writeStore(store, labels: labels.reversed(), classes: 3, sounds: true)
      let said = message { try ShardReader.open(folder).verifyFiles() }
      #expect(said?.hasPrefix("\(store): is not the data set that") == true, "\(said ?? "")")
    }
  }

  @Test func heatMapsAreDrawnForAnyNumberOfClients() throws {
    for clients in [1, 3, 100, 1_500] {
      let counts = (0..<clients).map { client in (0..<60).map { client * $0 % 5 } }
      let panel = HeatMap.Panel(
        title: "image", classes: (0..<60).map { "class \($0)" }, counts: counts)
      let picture = HeatMap([panel, panel]).draw()
      #expect(picture.width < 2_000 && picture.height < 2_000)
      #expect(Set(picture.pixels).count > 5)
    }
  }
}
