import Catalogues
import Tensors

/// An encoder whose head is one linear layer from the features to the classes' logits: what a
/// pretrained encoder becomes for a linear probe or for fine-tuning. Its projection is the logits.
///
/// - Parameter settings: those of the pretrained encoder.
public func makeClassifier(_ settings: Tree, classes: Int) throws -> any Encoder {
  try encoders.make(
    settings.with([
      "hidden": 0, "hidden_norm": false, "projection_norm": false, "projection": .whole(classes),
    ]))
}

extension Encoder {
  /// Whether a parameter belongs to the head, a modality's own there too.
  public func isHead(_ entry: ParameterLayout.Entry) -> Bool {
    entry.plainName.hasPrefix(headName + ".")
  }

  /// Takes over everything but the head from a pretrained model. Throws where a parameter is
  /// missing or has another shape.
  public func setTrunk(_ parameters: ParameterVector, from pretrained: ParameterVector) throws {
    for entry in layout.entries where !isHead(entry) {
      guard let source = pretrained.layout.entry(entry.name), source.shape == entry.shape,
        source.order == entry.order
      else {
        throw ConfigurationError(
          "", "the pretrained model has no parameter \(entry.name) of shape \(entry.shape)")
      }
      _ = parameters[entry.range].update(fromContentsOf: pretrained[source.range])
    }
  }
}
