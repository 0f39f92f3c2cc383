import Catalogues
import Testing

@testable import Jobs

@Suite struct TreeYAMLTests {
  @Test(
    arguments: [
      ("1e-4", 1e-4), ("10%", 0.1), ("100%", 1), ("-3", -3), ("1.0", 1), ("no", "no"),
      ("12:30", "12:30"), ("\"7\"", "7"), ("", .null), ("~", .null), ("true", true),
      ("0x10", "0x10"),
      ("inf", "inf"), ("1e999", "1e999"), ("+5", 5), ("[1, a]", [1, "a"]),
      ("{ a: { b: 2 } }", ["a": ["b": 2]]),
    ] as [(String, Tree)])
  func scalars(text: String, value: Tree) throws {
    #expect(try Tree.value(yaml: text) == value)
  }

  @Test func nestingHasAnEnd() {
    let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect((try? Tree(yaml: "a: \(deep)")) == nil)
    do { _ = try Tree(yaml: "a: \(deep)") } catch {
      #expect(error.message == "is nested more than 32 deep")
    }
  }

  @Test func everyKeyKnowsItsLine() throws {
    let tree = try Tree(
      yaml: """
        a: 1
        b:
          c: 2
          d: [1, 2]
        e.f: 3
        list:
          - x: 1
          - x: 2
            y: 3
        """)
    for (key, line) in [
      ("a", 1), ("b", 2), ("b.c", 3), ("b.d", 4), ("b.missing", 2), ("e.f", 5), ("e.f.g", 5),
      ("list", 6), ("list[1].x", 8), ("list[1].y", 9), ("list[7].x", 6), ("list.y", 9),
    ] { #expect(tree.line(of: key) == line, "\(key)") }
    #expect(tree.line(of: "z") == nil && tree.line(of: "") == nil && tree.line(of: "ab") == nil)
    #expect(tree.keys == ["a", "b", "e.f", "list"])
    // What replaces a value has no line of its own, and stands where the value did.
    #expect(tree.replacing("b.new", by: 1).line(of: "b.new") == 2)
  }

  @Test func sharesAreNumbers() throws {
    let tree = try Tree(yaml: "a: 10%\nb: 10 %\nc: 1 0 %\nd: ' 5 %'\ne: '%'")
    #expect(tree["a"]?.number == 0.1 && tree["b"]?.number == 0.1)
    #expect(tree["c"]?.text == "1 0 %" && tree["d"]?.text == " 5 %" && tree["e"]?.text == "%")
  }

  /// 2^40 copies of one word, if aliases were followed.
  @Test func copiesOfCopiesAreRefusedAtOnce() {
    var text = "a0: &a0 [x, x]\n"
    for i in 1..<40 { text += "a\(i): &a\(i) [*a\(i - 1), *a\(i - 1)]\n" }
    let error = #expect(throws: YAMLError.self) { _ = try Tree(yaml: text) }
    #expect(error?.line == 1)
  }

  @Test(arguments: [
    ("a: 1\na: 2", "given twice"), ("a: [1", "not YAML"), ("a: *x", "not"),
    ("a: &x 1\nb: *x", "anchors"), ("a: &x { c: 1 }", "anchors"), ("a: [&x [1]]", "anchors"),
    ("", "empty"),
    ("[1]: 2", "a key must be a string"),
  ])
  func whatIsWrong(text: String, message: String) {
    let error = #expect(throws: YAMLError.self) { _ = try Tree(yaml: text) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }
}
