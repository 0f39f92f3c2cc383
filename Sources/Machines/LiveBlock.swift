/// The last lines of a terminal, written anew in place. The cursor waits below them, so that what
/// anybody else writes has a line of its own.
public struct LiveBlock {
  private var shown: [String] = []

  public init() {}

  /// What replaces the block by these lines, no longer than the terminal is wide.
  public mutating func replacing(by lines: [String], width: Int) -> String {
    let text = erasing(width: width)
    shown = lines.map { line in
      // A line that fills the last column may have wrapped or not.
      line.count < width ? line : line.prefix(max(0, width - 2)) + "…"
    }
    return text + shown.map { $0 + "\n" }.joined()
  }

  /// What takes the block away. Lines wrap where the terminal has become narrower.
  private func erasing(width: Int) -> String {
    let rows = shown.reduce(0) { $0 + max(1, ($1.count + width - 1) / width) }
    return rows == 0 ? "" : "\u{1B}[\(rows)A\r\u{1B}[J"
  }
}
