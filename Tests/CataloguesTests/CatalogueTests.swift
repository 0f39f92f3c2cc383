import Catalogues
import Testing

private protocol Shape: Sendable { var area: Double { get } }

private struct Square: PlugIn, Shape {
  struct Options: Codable, Sendable {
    var side = 2.0
    var border = Border()
    struct Border: Codable, Sendable { var width = 1 }
  }
  static let name = "square"
  static let summary = "a square"
  static var defaults: Options { Options() }
  let options: Options
  init(_ options: Options) throws {
    guard options.side > 0 else {
      throw ConfigurationError("side", "\(options.side) is not above 0")
    }
    self.options = options
  }
  var area: Double { options.side * options.side + Double(options.border.width) }
}

private let shapes = Catalogue<any Shape>("shape", [.init(Square.self) { $0 }])

@Suite struct CatalogueTests {
  @Test func defaultsAndOverlay() throws {
    #expect(try shapes.make("square").area == 5)
    #expect(try shapes.make(["name": "square", "side": 3]).area == 10)
    #expect(try shapes.make(["name": "square", "border": ["width": 4]]).area == 8)
    let resolved = try shapes.resolve(["name": "square", "side": 3])
    #expect(resolved["side"]?.number == 3 && resolved["name"]?.text == "square")
    #expect(resolved[path: "border.width"]?.whole == 1)
  }

  @Test func errorsNameTheMend() {
    func message(_ settings: Tree) -> String {
      do { return "\(try shapes.make(settings))" } catch { return "\(error)" }
    }
    #expect(message("sqare").contains("did you mean 'square'?"))
    #expect(message(["name": "square", "sid": 3]).contains("did you mean 'side'?"))
    #expect(message(["name": "square", "border": ["with": 4]]).contains("border.with"))
    #expect(message(["name": "square", "side": "three"]).contains("side: expected a number"))
    #expect(message(["name": "square", "side": -1]).contains("side: -1.0 is not above 0"))
    #expect(message(["side": 1]).contains("missing"))
    #expect(message(3).contains("expected a shape"))
  }

  @Test func nearestNames() {
    #expect(nearest(to: "temprature", among: ["temperature", "anchors"]) == "temperature")
    #expect(nearest(to: "xyz", among: ["temperature"]) == nil)
  }
}
