import Catalogues
import TestSupport
import Testing

@Suite struct TreeTests {
  private struct Options: Codable, Equatable {
    var rate = 0.25
    var views: Float = 0.1
    var steps = 3
    var name = "a/b"
    var keep: [Int] = []
    var inner = ["on": true]
  }

  @Test func treesThatSayTheSameAreEqual() throws {
    var lined = Tree.Mapping()
    lined.set("b", 2.0, line: 1)
    lined.set("a", 1, line: 7)
    let plain: Tree = ["a": 1.0, "b": 2]
    #expect(.mapping(lined) == plain && plain.hashValue == Tree.mapping(lined).hashValue)
    #expect(Tree.mapping(lined).json == plain.json && plain.json == #"{"a":1,"b":2}"#)
    #expect(Tree.number(1.5) != 1 && Tree.number(1e300).number == 1e300)
    #expect(Tree.text("1") != 1 && Tree.flag(true) != 1 && Tree.null != false)
  }

  @Test func jsonComesBackAsItWas() throws {
    let tree: Tree = [
      "text": "ü \"/\" \n", "numbers": [0, -1, 0.1, 1e-7, 123_456_789.125, 9_007_199_254_740_993],
      "flags": [true, false, nil], "empty": [:], "none": [],
    ]
    let again = try Tree(json: tree.json)
    #expect(again == tree && again.json == tree.json)
    #expect(tree.json.contains(#""ü \"/\" \n""#) && tree.json.contains("9007199254740993"))
    #expect(
      message { _ = try Tree(json: "{") } == "not JSON, or numbers that are not finite")
    #expect(message { _ = try Tree(json: "1e999") } == "not JSON, or numbers that are not finite")
  }

  /// What a tree cannot be is no reason to end a program.
  @Test func jsonIsThereForEveryTree() {
    #expect(Tree.list([.number(.infinity), .number(.nan)]).json == #"["inf","nan"]"#)
    func nested(_ depth: Int) -> Tree { (0..<depth).reduce(1) { tree, _ in .list([tree]) } }
    let text = nested(Tree.deepest).json
    #expect(message { _ = try Tree(json: text) } == nil)
    for deep in ["[\(text)]", String(repeating: "[", count: 9_000)] {
      #expect(message { _ = try Tree(json: deep) } != nil)
    }
    #expect(message { try nested(33).checkDepth() } == "is nested more than 32 deep")
  }

  @Test func keysOfTooManyPartsAreRefused() {
    #expect(message { try Tree.checkPath("a.b.c") } == nil)
    let long = String(repeating: "a.", count: 20_000) + "a"
    #expect(
      message { try Tree.checkPath(long) }
        == "a key of 20001 parts; there are none of more than 32")
  }

  @Test func optionsGoInAndOut() throws {
    let tree = try Tree(encoding: Options())
    #expect(tree["views"]?.number == 0.1 && tree["inner"]?["on"] == true)
    #expect(try tree.decode() == Options())
    func said(_ key: String, _ value: Tree) -> String {
      do { return "\(try tree.replacing(key, by: value).decode(Options.self))" } catch {
        return "\(error)"
      }
    }
    #expect(said("steps", 1.5) == "steps: expected a whole number")
    #expect(said("steps", true) == "steps: expected a whole number")
    #expect(said("rate", "much") == "rate: expected a number")
    #expect(said("inner.on", 1) == "inner.on: expected true or false")
    #expect(said("keep", [1, 1.5]) == "keep[1]: expected a whole number")
    #expect(said("keep", 3) == "keep: expected a list")
    #expect(said("inner", 3) == "inner: expected a mapping, 'key: value'")
    #expect(said("steps", 1e300) == "steps: expected a whole number")
    #expect(said("name", nil) == "name: no value; expected a string")
  }

  @Test func keysWithDotsReachIntoMappings() {
    let tree: Tree = ["a": ["b": 1], "method": "byol", "empty": [:]]
    #expect(tree[path: "a.b"] == 1 && tree[path: "a.c"] == nil && tree[path: "a.b.c"] == nil)
    #expect(tree.replacing("a.c.d", by: 2)[path: "a"] == ["b": 1, "c": ["d": 2]])
    #expect(tree.replacing("a", by: 2)["a"] == 2)
    #expect(tree.replacing("method.scale", by: 2)["method"] == ["name": "byol", "scale": 2])
    #expect(tree.leaves == ["a.b": 1, "method": "byol", "empty": [:]])
  }

  @Test func keysKeepTheirOrder() {
    var tree: Tree = ["z": 1, "a": 2, "m": 3]
    tree["a"] = 4
    #expect(tree.keys == ["z", "a", "m"])
    #expect(tree.take("z") == 1 && tree.take("z") == nil && tree.keys == ["a", "m"])
    #expect(tree.with(["b": 5]).without(["m"]) == ["a": 4, "b": 5])
    tree = .text("no mapping")
    tree["a"] = 1
    #expect(tree == ["a": 1])
  }

  @Test func aKeyThatIsNotKnownNamesTheNearest() {
    func said(_ given: Tree) -> String {
      do { return "\(try overlay(given, on: Options(), alsoKnown: ["other"]))" } catch {
        return "\(error)"
      }
    }
    #expect(said(["stebs": 1]) == "stebs: unknown key 'stebs' (did you mean 'steps'?)")
    #expect(said(["othr": 1]) == "othr: unknown key 'othr' (did you mean 'other'?)")
    #expect(said(["inner": ["onn": 1]]).hasPrefix("inner.onn: unknown key"))
  }
}
