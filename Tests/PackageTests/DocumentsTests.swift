import Foundation
import Testing

/// Pages for people, and comments: links lead somewhere, and lines fit a window.
@Suite struct DocumentsTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  /// Folders with pages; the first is the root.
  private static let folders = [
    ".", "docs", "docs/results", "jobs", "analysis", "analysis/paper", "analysis/peers",
  ]
  static let longestLine = 120

  /// Paths of a folder's pages, from the root.
  private static func pages(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
      .filter { $0.hasSuffix(".md") }.sorted().map { "\(folder)/\($0)" }
  }

  /// A page's lines with their numbers; those of code blocks are left out.
  private static func prose(_ page: String) throws -> [(number: Int, text: Substring)] {
    let text = try String(contentsOfFile: "\(root)/\(page)", encoding: .utf8)
    var isCode = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .compactMap { index, line in
        let isFence = line.drop { $0 == " " }.hasPrefix("```")
        if isFence { isCode.toggle() }
        return isFence || isCode ? nil : (number: index + 1, text: line)
      }
  }

  @Test(arguments: folders) func linksLeadToFiles(folder: String) throws {
    for page in try Self.pages(folder) {
      for (number, line) in try Self.prose(page) {
        for match in line.matches(of: /\]\(([^()\s]+)\)/) {
          let target = match.1.prefix { $0 != "#" }
          guard !target.isEmpty, !target.contains("://") else { continue }
          let exists = FileManager.default.fileExists(atPath: "\(Self.root)/\(folder)/\(target)")
          #expect(exists, "\(page):\(number): there is no \(target)")
        }
      }
    }
  }

  /// Rows of tables have no other way. docs/full-size.md is compared with the program to the
  /// letter.
  @Test(arguments: [".", "docs"]) func linesFitAWindow(folder: String) throws {
    for page in try Self.pages(folder) where page != "docs/full-size.md" {
      for (number, line) in try Self.prose(page) where !line.hasPrefix("|") {
        #expect(line.count <= Self.longestLine, "\(page):\(number) has \(line.count) characters")
      }
    }
  }

  /// The formatter breaks code, but not comments.
  @Test(arguments: ["Sources", "Tests"]) func commentsFitAHundredColumns(folder: String) throws {
    let files = FileManager.default.enumerator(atPath: "\(Self.root)/\(folder)")
    var count = 0
    while let file = files?.nextObject() as? String {
      guard file.hasSuffix(".swift") else { continue }
      count += 1
      let text = try String(contentsOfFile: "\(Self.root)/\(folder)/\(file)", encoding: .utf8)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      for (index, line) in lines.enumerated()
      where line.drop(while: { $0 == " " }).hasPrefix("//") && line.count > 100 {
        Issue.record("\(folder)/\(file):\(index + 1) has \(line.count) columns")
      }
    }
    #expect(count > 50)
  }
}
