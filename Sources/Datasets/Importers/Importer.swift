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

  /// Whether it reads a file that is named in the folder's place.
  var takesFiles: Bool { get }
}

extension Importer {
  public var outline: StoreOutline? { nil }
  public var takesFiles: Bool { false }
}

/// The importers that `motet data import` knows.
public let importers = Catalogue<any Importer>(
  "importer",
  [
    .init(CIFAR10.self) { $0 },
    .init(MNIST.self) { $0 },
    .init(TinyImageNet.self) { $0 },
    .init(FSDD.self) { $0 },
    .init(ESC50.self) { $0 },
    .init(SpeechCommands.self) { $0 },
    .init(VGGSound.self) { $0 },
    .init(EPICSounds.self) { $0 },
    .init(ADVANCE.self) { $0 },
    .init(ImageFolder.self) { $0 },
    .init(SoundFolder.self) { $0 },
    .init(Arrays.self) { $0 },
    .init(Parquet.self) { $0 },
  ])
