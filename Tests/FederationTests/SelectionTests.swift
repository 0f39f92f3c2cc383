import Federation
import Testing

@Suite struct SelectionTests {
  @Test func aShareIsDrawnWithoutReplacement() {
    let selection = Selection(clients: 100, participation: 0.1, seed: 1)
    for round in 1...200 {
      let clients = selection.clients(round: round)
      #expect(clients.count == 10)
      #expect(clients == Set(clients).sorted())
      #expect(clients.allSatisfy { (0..<100).contains($0) })
    }
  }

  @Test(arguments: [(100, 0.001, 1), (3, 0.1, 1), (25, 0.1, 3), (10, 1.0, 10), (1, 0.5, 1)])
  func countIsTheRoundedShareAndAtLeastOne(clients: Int, share: Double, count: Int) {
    let selection = Selection(clients: clients, participation: share, seed: 1)
    #expect(selection.clients(round: 1).count == count)
  }

  @Test func seedAndRoundDecide() {
    let selection = Selection(clients: 1000, participation: 0.1, seed: 1)
    let again = Selection(clients: 1000, participation: 0.1, seed: 1)
    let other = Selection(clients: 1000, participation: 0.1, seed: 2)
    #expect(selection.clients(round: 7) == again.clients(round: 7))
    #expect(selection.clients(round: 7) != selection.clients(round: 8))
    #expect(selection.clients(round: 7) != other.clients(round: 7))
  }

  /// 4000 rounds draw each of 20 clients 1000 times, give or take five standard deviations.
  @Test func everyClientIsAsLikely() {
    let selection = Selection(clients: 20, participation: 0.25, seed: 5)
    var counts = [Int](repeating: 0, count: 20)
    for round in 1...4000 { for client in selection.clients(round: round) { counts[client] += 1 } }
    #expect(counts.allSatisfy { abs($0 - 1000) < 137 })
  }
}
