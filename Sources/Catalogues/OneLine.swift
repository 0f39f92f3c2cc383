extension String {
  /// The text in one line: messages quote files, names and options, which may hold anything. What
  /// controls a terminal or breaks a line is written as in a literal of Swift's (`\n`).
  public var oneLine: String {
    guard unicodeScalars.contains(where: \.breaksLine) else { return self }
    return unicodeScalars.reduce(into: "") { line, scalar in
      line += scalar.breaksLine ? scalar.escaped(asASCII: true) : String(scalar)
    }
  }
}

extension Unicode.Scalar {
  fileprivate var breaksLine: Bool {
    switch properties.generalCategory {
    case .control: self != "\t"
    case .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
