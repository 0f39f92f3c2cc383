/// Entries that one modality alone uses have names that say so: `stems.image.conv1.weight`.
extension ParameterLayout {
  /// What a modality may have of its own.
  public enum Own: String, Sendable { case stems, norms }

  /// The name of an entry, or the beginning of one, that is a modality's own.
  public static func name(_ name: String, of modality: String, in own: Own) -> String {
    "\(own.rawValue).\(modality).\(name)"
  }
}

extension ParameterLayout.Entry {
  /// The modality whose own the entry is; nil where it is everyone's.
  public var modality: String? { parts?.modality }

  /// What it is of that modality; nil where it is everyone's.
  public var own: ParameterLayout.Own? { parts?.own }

  /// The name without what says whose it is.
  public var plainName: Substring { parts?.rest ?? name[...] }

  private var parts: (own: ParameterLayout.Own, modality: String, rest: Substring)? {
    let parts = name.split(separator: ".", maxSplits: 2)
    guard parts.count == 3, let own = ParameterLayout.Own(rawValue: String(parts[0])) else {
      return nil
    }
    return (own, String(parts[1]), parts[2])
  }
}
