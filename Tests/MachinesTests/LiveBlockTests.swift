import Testing

@testable import Machines

@Suite struct LiveBlockTests {
  private let up = "\u{1B}["

  @Test func linesAreWrittenInPlaceOfThoseBefore() {
    var block = LiveBlock()
    #expect(block.replacing(by: ["a", "b"], width: 80) == "a\nb\n")
    #expect(block.replacing(by: ["c"], width: 80) == "\(up)2A\r\(up)Jc\n")
    #expect(block.replacing(by: [], width: 80) == "\(up)1A\r\(up)J")
    #expect(block.replacing(by: ["d"], width: 80) == "d\n")
  }

  @Test func noLineIsAsLongAsTheTerminalIsWide() {
    var block = LiveBlock()
    #expect(
      block.replacing(by: ["12345", "123456", "1234567"], width: 6) == "12345\n1234…\n1234…\n")
    for width in 1...3 {
      let lines = block.replacing(by: ["12345"], width: width).split(separator: "J").last!
      #expect(lines.dropLast().count <= max(1, width - 1))
    }
  }

  /// A terminal that has become narrower wraps what it shows.
  @Test func wrappedLinesAreErasedToo() {
    var block = LiveBlock()
    _ = block.replacing(by: ["1234567890", "", "12"], width: 80)
    #expect(block.replacing(by: [], width: 4) == "\(up)5A\r\(up)J")
  }
}
