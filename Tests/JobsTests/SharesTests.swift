import Catalogues
import Datasets
import TestSupport
import Testing

@testable import Jobs

/// Shares are written in one way wherever there are some, and refused in one way.
@Suite struct SharesTests {
  let folder = TemporaryFolder()

  /// Keys of jobs, and whether a share may be nothing.
  static let keys: [(String, mayBeNone: Bool)] = [
    ("federation.participation", false), ("views.audio.mask", true), ("views.image.flip", true),
    ("views.image.grey", true), ("views.image.jitter.probability", true),
    ("views.image.blur.probability", true), ("clients.mix.image", true),
  ]

  private func load(_ setting: String) throws -> Tree {
    // What is left of a mix.
    let rest = setting.hasPrefix("clients.mix") ? ["clients.mix.audio=80%"] : []
    let path = folder.write("job.yaml", "data: { image: a.h5, audio: b.h5 }\n")
    return try Job.load(path, settings: rest + [setting]).resolved
  }

  @Test(arguments: keys) func ofJobs(key: String, mayBeNone: Bool) throws {
    let expected = try load("\(key)=0.2")
    #expect(expected[path: key] == 0.2)
    for text in ["20%", "20 %", "20.0%", "2e1%", "0.20"] {
      #expect(try load("\(key)=\(text)") == expected, "\(text)")
    }
    for (text, share) in [("120%", "120 %"), ("1.5", "150 %"), ("-1%", "-1 %")] {
      let line = message { _ = try load("\(key)=\(text)") } ?? ""
      #expect(line.contains("\(key): \(share) is not a share "), "\(line)")
    }
    guard !mayBeNone else { return }
    #expect(message { _ = try load("\(key)=0%") }?.contains("above 0 %") == true)
  }

  /// Every option of an importer that is called a share.
  @Test func ofImporters() throws {
    var count = 0
    for entry in importers.entries {
      for key in try entry.defaults().keys where key.hasSuffix("share") {
        count += 1
        func make(_ text: String) throws -> Tree {
          let settings = try Setting.tree(["\(key)=\(text)"], example: "a=1")
            .with(["name": .text(entry.name)])
          _ = try importers.make(settings)
          return try importers.resolve(settings)
        }
        for text in ["20%", "20 %", "0.20"] { #expect(try make(text) == make("0.2"), "\(text)") }
        for (text, share) in [("100%", "100 %"), ("1.2", "120 %"), ("-5%", "-5 %")] {
          #expect(
            message { _ = try make(text) }
              == "\(key): \(share) is not a share from 0 %, below 100 %")
        }
      }
    }
    #expect(count >= 4)
  }
}
