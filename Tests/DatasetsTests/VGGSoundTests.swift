import Catalogues
import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct VGGSoundTests {
  /// Five clips of the list, of which the folder has four.
  private func writeTree(_ folder: String) throws {
    try writeLines(
      "\(folder)/vggsound.csv",
      [
        #"-abc_d-12_3,30,"railroad car, train wagon",train"#,
        #"--second--0,5,"people marching",test"#,
        #"nowhere1234,120,"bird chirping, tweeting",train"#,
        "-abc_d-12_3,270,people marching,train\r",
        #"another-one,0,"playing ""sitar""",test"#,
      ])
    for (path, samples) in [
      ("-abc_d-12_3_000030", 1_000), ("deeper/--second--0_000005", 1_100),
      ("-abc_d-12_3_000270", 1_200), ("another-one_000000", 1_300), ("not_in_list_000001", 10),
    ] { try writeFile("\(folder)/\(path).wav", tone(samples, rate: 16_000)) }
  }

  @Test func missingClipsAreCounted() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/vgg"
      try writeTree(folder)
      let (store, damaged, missing) = try importTree(["name": "vggsound"], folder)
      #expect(damaged.isEmpty && missing == ["nowhere1234_000120.wav"])
      // The class of the missing clip keeps its number.
      #expect(
        store.classes("audio") == [
          "bird chirping, tweeting", "people marching", "playing \"sitar\"",
          "railroad car, train wagon",
        ])
      #expect(try store.labels("audio", split: "train") == [3, 1])
      #expect(try store.labels("audio", split: "test") == [1, 2])
      #expect(try store.lengths("audio", split: "train") == [1_000, 1_200])
      #expect(try store.lengths("audio", split: "test") == [1_100, 1_300])
      #expect(try store.provenance().contains { $0 == ("missing_samples", "1") })
    }
  }

  @Test func whatIsDamagedIsNamed() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/vgg"
      let settings: Tree = ["name": "vggsound"]
      try writeTree(folder)
      let clip = "\(folder)/another-one_000000.wav"
      try writeFile(clip, tone(500).dropLast(10))
      #expect(refusal(settings, folder).hasPrefix("\(clip): ends after 990 of 1000 bytes"))
      let (store, damaged, missing) = try importTree(settings, folder, skipDamaged: true)
      #expect(damaged.count == 1 && missing.count == 1 && store.count("audio", "test") == 1)
      try FileManager.default.removeItem(atPath: "\(folder).h5")
      try writeFile("\(folder)/copy/another-one_000000.wav", tone(500))
      #expect(refusal(settings, folder).contains("has the name of"))
      try FileManager.default.removeItem(atPath: "\(folder)/copy")

      let table = "\(folder)/vggsound.csv"
      for (text, said) in [
        ("a,1,\"b\"", "line 1: expected ID,SECOND,\"LABEL\",train or test"),
        ("a,1,b,train\n\na,x,b,train", "line 3: expected"),
        ("a,1,\"b,train", "line 1: a quote is not closed"), ("", "has no lines"),
      ] {
        try writeFile(table, Array(text.utf8))
        #expect(refusal(settings, folder).hasPrefix("\(table): \(said)"))
      }
      try writeLines(table, ["gone0000000,1,b,train"])
      #expect(
        refusal(settings, folder).hasPrefix("\(folder): holds none of the clips of vggsound.csv"))
      try FileManager.default.removeItem(atPath: table)
      #expect(refusal(settings, folder).hasPrefix("\(table): is missing"))
    }
  }
}
