import Catalogues
import Testing

@Suite struct CountedTests {
  @Test(arguments: [
    ("client", "clients"), ("class", "classes"), ("batch", "batches"), ("entry", "entries"),
    ("day", "days"), ("epoch", "epochs"), ("box", "boxes"), ("class name", "class names"),
    ("process", "processes"),
  ])
  func numbersAndNounsAgree(one: String, several: String) {
    #expect(counted(1, one) == "1 \(one)")
    for count in [0, 2, 21, -1] { #expect(counted(count, one) == "\(count) \(several)") }
    #expect(counted(1, one, ("is", "are")) == "1 \(one) is")
    #expect(counted(3, one, ("is", "are")) == "3 \(several) are")
  }
}
