import Catalogues
import Testing

/// Messages are one line, whatever they quote.
struct OneLineTests {
  @Test(arguments: [
    ("two\nlines", "two\\nlines"), ("\r\n", "\\r\\n"), ("\u{1B}[2J", "\\u{1B}[2J"),
    ("next\u{85}line", "next\\u{0085}line"), ("\u{2028}", "\\u{2028}"),
    ("a\tb \"c\" \\ 'd' é", "a\tb \"c\" \\ 'd' é"), ("", ""),
  ])
  func controlsAreWritten(_ text: String, _ line: String) {
    #expect(text.oneLine == line)
  }

  @Test func settingsAndWordsOfFilesAreQuoted() {
    #expect(ConfigurationError("a\nb", "no\nsuch").description == "a\\nb: no\\nsuch")
  }
}
