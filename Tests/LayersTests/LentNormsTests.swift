import Layers
import Tensors
import TestSupport
import Testing

@Suite struct LentNormsTests {
  /// Two layers of two modalities and a parameter of everyone's, each modality named trained with
  /// values of its own.
  private func model(trained: [String], affine: Bool) -> ParameterVector {
    let owners = NormOwners(["image", "audio"], affine: affine)
    var layout = ParameterLayout()
    let layers = ["bn1", "layer1.0.bn1"].map {
      owners.layers($0, &layout, channels: 32, relu: true)
    }
    _ = layout.add("conv1.weight", [32])
    let parameters = ParameterVector(layout)
    for norm in layers.joined() { Initialisation(parameters, seed: 1).identity(norm) }
    for (place, entry) in layout.entries.enumerated() where trained.contains(entry.modality ?? "") {
      parameters[entry.range].update(repeating: Float(2 + place))
    }
    return parameters
  }

  @Test(arguments: [false, true])
  func theUntrainedHaveTheTrained(affine: Bool) throws {
    let given = model(trained: ["audio"], affine: affine)
    let lent = given.lendingNorms()
    #expect(lent !== given)
    var moved = 0
    for entry in given.layout.entries {
      let source =
        entry.modality == "image"
        ? try #require(given.layout.entry("norms.audio.\(entry.plainName)")) : entry
      #expect(Array(lent[entry.range]) == Array(given[source.range]), "\(entry.name)")
      moved += source == entry ? 0 : 1
    }
    #expect(moved == (affine ? 8 : 4))
  }

  /// Where all were trained, or none, nothing is lent and nothing copied.
  @Test func nothingToLend() {
    for trained in [[], ["image", "audio"]] {
      let given = model(trained: trained, affine: true)
      #expect(given.lendingNorms() === given)
    }
  }

  /// One statistic that has moved tells of a batch.
  @Test func movedStatisticsAreKept() throws {
    let given = model(trained: ["image"], affine: false)
    let last = try #require(given.layout.entry("norms.audio.layer1.0.bn1.running_var"))
    given[last.range][31] = 0.9
    #expect(given.lendingNorms() === given)
  }
}
