import Digests
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4's examples.
  @Test func knownAnswers() {
    #expect(
      SHA256.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hex(of: "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    let pieces = SHA256()
    for piece in ["a", "b", "c"] { pieces.update(piece) }
    #expect(pieces.finish() == SHA256.hex(of: "abc"))
  }
}
