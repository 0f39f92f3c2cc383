import Catalogues
import Tensors

/// Whether all modalities go through one stem, or each through its own.
public enum StemSharing: String, WordOption { case shared, own }

/// A modality with a stem of its own.
public struct StemInput: Codable, Sendable, Equatable {
  public var modality: String
  /// Channels of its views.
  public var channels: Int

  public init(modality: String, channels: Int) {
    self.modality = modality
    self.channels = channels
  }
}

/// The options that every encoder has for its stems.
protocol StemOptions {
  var channels: Int { get }
  var stems: StemSharing { get }
  var stemInputs: [StemInput] { get }
}

extension StemOptions {
  func checkStems() throws {
    try ConfigurationError.check("channels", channels, in: 1...1024)
    for input in stemInputs {
      try ConfigurationError.check("stem_inputs", input.channels, in: 1...1024)
    }
    let names = Set(stemInputs.map(\.modality))
    try ConfigurationError.require(
      names.count == stemInputs.count, "stem_inputs", "has a modality twice")
    try ConfigurationError.require(
      stems == .own || stemInputs.isEmpty, "stem_inputs", "is for stems: own alone")
  }
}

/// What stands between views and the part of a network that all modalities share.
struct Stems<Stem: Sendable>: Sendable {
  private let shared: Stem?
  private let own: [String: Stem]
  private let channels: [String: Int]
  private let sharedChannels: Int

  /// - Parameter make: adds a stem to the layout; its parameters' names begin with `prefix`.
  init(_ options: some StemOptions, _ make: (_ prefix: String, _ channels: Int) -> Stem) {
    sharedChannels = options.channels
    channels = options.stemInputs.reduce(into: [:]) { $0[$1.modality] = $1.channels }
    guard options.stems == .own else {
      shared = make("", options.channels)
      own = [:]
      return
    }
    shared = nil
    own = options.stemInputs.reduce(into: [:]) {
      $0[$1.modality] = make(
        ParameterLayout.name("", of: $1.modality, in: .stems), $1.channels)
    }
  }

  subscript(modality: String) -> Stem {
    guard let stem = shared ?? own[modality] else {
      preconditionFailure("the encoder has no stem for \(modality)")
    }
    return stem
  }

  var all: [Stem] { shared.map { [$0] } ?? own.sorted { $0.key < $1.key }.map(\.value) }

  /// Channels of a modality's views; nil where there is no stem for it.
  func channels(of modality: String) -> Int? {
    shared == nil ? channels[modality] : sharedChannels
  }
}
