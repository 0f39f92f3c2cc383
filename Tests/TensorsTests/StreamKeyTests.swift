import Tensors
import Testing

@Suite struct StreamKeyTests {
  /// The hash's published values (draft-eastlake-fnv, 32-bit FNV-1a).
  @Test func knownAnswers() {
    #expect(streamKey("") == 0x811c_9dc5)
    #expect(streamKey("a") == 0xe40c_292c)
    #expect(streamKey("foobar") == 0xbf9c_f968)
  }
}
