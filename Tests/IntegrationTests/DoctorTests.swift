import TestSupport
import Testing

@Suite(.serialized) struct DoctorTests {
  /// The doctor broadcasts a model and sums 60 clients' models exactly.
  @Test func anyNumberOfRanksSumsTheSame() throws {
    let alone = try run("motet", ["doctor"])
    #expect(alone.status == 0, "\(alone.errors)")
    let sum = try #require(alone.lines.first { $0.hasPrefix("exact sum: sha256 ") })
    for ranks in [1, 2, 3, 5] {
      let result = try mpirun(ranks, "motet", ["doctor"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.lines.last == sum, "\(ranks) ranks")
      #expect(result.lines.filter { $0.hasPrefix("rank ") }.count == ranks)
    }
  }
}
