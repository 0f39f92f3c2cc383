/// How a modality's samples are stored: how they lie, and of what numbers they are.
public struct SampleForm: Sendable, Hashable {
  public enum Layout: String, Sendable, CaseIterable {
    /// Every sample is one block of the same shape (images: [height, width, 3]).
    case dense
    /// Samples are runs of any length (sounds).
    case ragged
  }

  public enum Element: String, Sendable, CaseIterable {
    case uint8, int16, float32

    /// Bytes of one number.
    public var size: Int {
      switch self {
      case .uint8: 1
      case .int16: 2
      case .float32: 4
      }
    }
  }

  public let layout: Layout
  public let element: Element

  public init(_ layout: Layout, _ element: Element) {
    self.layout = layout
    self.element = element
  }

  /// Bytes that so many numbers take; nil where a side is negative, or no file can hold them.
  public func bytes(ofShape shape: [Int]) -> Int? {
    var bytes = element.size
    for side in shape {
      let (product, isTooMuch) = bytes.multipliedReportingOverflow(by: side)
      guard side >= 0, !isTooMuch, product <= 1 << 60 else { return nil }
      bytes = product
    }
    return bytes
  }

  /// The word in files: "dense" and "ragged" mean bytes and 16-bit numbers, as they did when there
  /// was nothing else; other elements are named, as in "dense float32".
  public var word: String {
    element == Self.usual(layout) ? layout.rawValue : "\(layout.rawValue) \(element.rawValue)"
  }

  public init?(word: String) {
    let parts = word.split(separator: " ").map(String.init)
    guard let layout = Layout(rawValue: parts.first ?? ""), parts.count <= 2 else { return nil }
    guard let element = parts.count == 1 ? Self.usual(layout) : Element(rawValue: parts[1]) else {
      return nil
    }
    self.init(layout, element)
  }

  private static func usual(_ layout: Layout) -> Element { layout == .dense ? .uint8 : .int16 }
}
