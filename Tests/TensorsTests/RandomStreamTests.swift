import Tensors
import Testing

@Suite struct RandomStreamTests {
  /// The generator's own test vectors (Random123, kat_vectors, philox4x32 10).
  @Test func knownAnswers() {
    #expect(
      Philox.block(counter: SIMD4(0, 0, 0, 0), key: SIMD2(0, 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.block(counter: SIMD4(repeating: 0xffff_ffff), key: SIMD2(repeating: 0xffff_ffff))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  /// Every part of the key makes another stream; the same key the same one.
  @Test func keys() {
    let streams = [
      RandomStream(seed: 1, purpose: .shuffle), RandomStream(seed: 2, purpose: .shuffle),
      RandomStream(seed: 1, purpose: .firstView),
      RandomStream(seed: 1, purpose: .shuffle, round: 1),
      RandomStream(seed: 1, purpose: .shuffle, client: 1),
      RandomStream(seed: 1, purpose: .shuffle, epoch: 1),
      RandomStream(seed: 1, purpose: .shuffle, sample: 1),
      RandomStream(seed: 1, purpose: .shuffle, sample: 1 << 32),
    ]
    let draws = streams.map { stream in
      var copy = stream
      return copy.next()
    }
    #expect(Set(draws).count == streams.count)
    var again = RandomStream(seed: 1, purpose: .shuffle)
    #expect(again.next() == draws[0])
  }

  @Test func distributions() {
    var random = RandomStream(seed: 3, purpose: .sampling)
    let count = 100_000
    let uniform = (0..<count).map { _ in Double(random.uniform()) }
    #expect(abs(uniform.reduce(0, +) / Double(count) - 0.5) < 0.005)
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    let normal = (0..<count).map { _ in random.normal() }
    #expect(abs(normal.reduce(0, +) / Double(count)) < 0.02)
    #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / Double(count) - 1) < 0.02)
    #expect(random.permutation(1000).sorted() == Array(0..<1000))
    #expect(random.permutation(0).isEmpty)
  }
}
