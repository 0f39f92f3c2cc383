import Foundation
import TestSupport
import Testing

@testable import Gathering

@Suite struct EventFileTests {
  /// Fixtures/events.py wrote the same with TensorBoard's writer.
  @Test func theBytesAreTensorBoards() throws {
    var file = EventFile(time: 1.7e9)
    file.add(
      time: 1.7e9, tag: "job",
      markdown: "```yaml\n" + String(repeating: "name: demo\n", count: 20) + "```\n")
    file.add(time: 1.7e9, step: 0, scalars: [("accuracy/image", 0.1)])
    file.add(time: 1.7e9 + 0.125, step: 1, scalars: [("loss/image", 2.75), ("views", 0)])
    file.add(
      time: 1.7e9 + 37.5, step: 300,
      scalars: [("loss/image", -Float.greatestFiniteMagnitude), ("größer", .infinity)])
    let path = try #require(
      Bundle.module.path(forResource: "events", ofType: "tfevents", inDirectory: "Fixtures"))
    #expect(FileManager.default.contents(atPath: path) == Data(file.bytes))
  }
}
