/// Where each parameter lies in a model's flat vector, under torchvision's names.
public struct ParameterLayout: Sendable, Equatable {
  /// How a parameter's values are stored, next to PyTorch's order for the same parameter.
  public enum Order: Sendable, Equatable {
    /// As PyTorch has it.
    case plain
    /// A convolution's weight: PyTorch [out, in, rows, columns], here [rows, columns, in, out], so
    /// that vectors run over output channels.
    case convolution
    /// A linear layer's weight: PyTorch [out, in], here [in, out].
    case linear
  }

  public struct Entry: Sendable, Equatable {
    public let name: String
    /// PyTorch's shape.
    public let shape: [Int]
    public let order: Order
    /// False for BatchNorm's running statistics: averaged and saved, but no optimizer step.
    public let trainable: Bool
    public let offset: Int

    public var count: Int { shape.reduce(1, *) }
    public var range: Range<Int> { offset..<offset + count }
  }

  public private(set) var entries: [Entry] = []
  public private(set) var count = 0

  public init() {}

  /// Some entries of another layout, one after the other.
  public init(_ entries: [Entry]) {
    for entry in entries {
      _ = add(entry.name, entry.shape, order: entry.order, trainable: entry.trainable)
    }
  }

  /// Single numbers of these names.
  public init(of names: [String]) {
    for name in names { _ = add(name, [1], trainable: false) }
  }

  /// Adds a parameter after the others and returns where it lies.
  public mutating func add(
    _ name: String, _ shape: [Int], order: Order = .plain, trainable: Bool = true
  ) -> Range<Int> {
    precondition(!entries.contains { $0.name == name }, "two parameters named \(name)")
    let entry = Entry(
      name: name, shape: shape, order: order, trainable: trainable, offset: count)
    entries.append(entry)
    count += entry.count
    return entry.range
  }

  public func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

  /// How many values an optimizer changes.
  public var trainableCount: Int { entries.filter(\.trainable).reduce(0) { $0 + $1.count } }
}
