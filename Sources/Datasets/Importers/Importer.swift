import Catalogues

/// Reads a data set as its makers lay it out.
///
/// A new importer is one file here and one line in `importers`.
public protocol Importer: Sendable {
  /// Gives the classes to `sink`, then every sample, lazily and in an order that depends on the
  /// folder alone. Throws `StoreError` where the folder is not laid out as it should be.
  func run(from folder: String, into sink: ImportSink) throws

  /// What the import of the whole data set comes to, as its makers publish it; nil where that
  /// depends on the folder.
  var outline: StoreOutline? { get }
}

extension Importer {
  public var outline: StoreOutline? { nil }
}

/// The importers that `motet data import` knows.
public let importers = Catalogue<any Importer>(
  "importer",
  [
    .entry(CIFAR10.self),
    .entry(MNIST.self),
    .entry(TinyImageNet.self),
    .entry(FSDD.self),
    .entry(ESC50.self),
    .entry(SpeechCommands.self),
    .entry(VGGSound.self),
    .entry(EPICSounds.self),
    .entry(ADVANCE.self),
    .entry(ImageFolder.self),
    .entry(SoundFolder.self),
  ])

extension Catalogue.Entry where Product == any Importer {
  static func entry<P: PlugIn & Importer>(_ type: P.Type) -> Self { Self(type) { $0 } }
}
