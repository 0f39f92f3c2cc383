import Views

/// All of a sample store but its samples: what a data set's makers publish of it. A store made of
/// it stands in for the real one wherever work is only counted.
public struct StoreOutline: Sendable {
  /// The shape that every sample has.
  enum SampleExtent: Sendable, Equatable {
    /// Of a dense modality: [height, width, 3] of an image.
    case dense([Int])
    /// Of a ragged one: a run of so many numbers.
    case ragged(Int)
  }

  /// The samples of one modality.
  struct Part: Sendable {
    let modality: String
    let classes: [String]
    let extent: SampleExtent
    /// By split, a class for each sample.
    let labels: [String: [Int32]]
    /// By split, a group for each sample, where it is known.
    let groups: [String: Grouping]

    init(
      _ modality: String, classes: [String], extent: SampleExtent, labels: [String: [Int32]],
      groups: [String: Grouping] = [:]
    ) {
      self.modality = modality
      self.classes = classes
      self.extent = extent
      self.labels = labels
      self.groups = groups
    }

    /// Classes of equal size, as far as that goes: the first have one sample more.
    /// - Parameter groups: by split the number of groups, which have equal shares of each class.
    init(
      _ modality: String, classes: [String], extent: SampleExtent, counts: [String: Int],
      groups: [String: Int] = [:]
    ) {
      let share = counts.mapValues { count in
        classes.indices.map { count / classes.count + ($0 < count % classes.count ? 1 : 0) }
      }
      self.init(
        modality, classes: classes, extent: extent, classCounts: share, groups: groups)
    }

    /// - Parameter classCounts: by split, the samples of each class.
    init(
      _ modality: String, classes: [String], extent: SampleExtent, classCounts: [String: [Int]],
      groups: [String: Int] = [:]
    ) {
      let labels = classCounts.mapValues { counts in
        counts.enumerated().flatMap { [Int32](repeating: Int32($0), count: $1) }
      }
      let groupings = groups.map { split, count in
        (split, Grouping(labels[split]!.indices.map { "group \($0 % count + 1)" }))
      }
      self.init(
        modality, classes: classes, extent: extent, labels: labels,
        groups: Dictionary(uniqueKeysWithValues: groupings))
    }
  }

  /// Made when they are asked for: each has a label for every sample.
  let parts: @Sendable () -> [Part]
  /// Whether the i-th samples of all modalities are a pair, in each split.
  let arePairs: Bool
  /// Where the numbers come from.
  let source: String
  /// What they leave open, and what is taken for it; empty where nothing is.
  let assumed: String

  init(
    parts: @autoclosure @escaping @Sendable () -> [Part], arePairs: Bool = false, source: String,
    assumed: String = ""
  ) {
    self.parts = parts
    self.arePairs = arePairs
    self.source = source
    self.assumed = assumed
  }

  /// Names of classes of which only the number matters.
  static func numbered(_ count: Int) -> [String] { (1...count).map { "class \($0)" } }

  /// Samples of a sound.
  static func sound(seconds: Double) -> SampleExtent {
    .ragged(Int((seconds * Double(SampleStore.soundRate)).rounded()))
  }
}
