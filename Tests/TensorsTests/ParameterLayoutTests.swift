import Tensors
import Testing

@Suite struct ParameterLayoutTests {
  @Test(
    arguments: [
      ("conv1.weight", nil, "conv1.weight"),
      ("stems.image.conv1.weight", "image", "conv1.weight"),
      ("norms.audio.layer1.0.bn1.running_mean", "audio", "layer1.0.bn1.running_mean"),
      ("norms.audio", nil, "norms.audio"),
      ("norm.weight", nil, "norm.weight"),
      ("blocks.norms.audio.weight", nil, "blocks.norms.audio.weight"),
    ] as [(String, String?, String)])
  func namesSayWhoseAnEntryIs(name: String, modality: String?, plain: String) throws {
    var layout = ParameterLayout()
    _ = layout.add(name, [3])
    #expect(layout.entries[0].modality == modality && layout.entries[0].plainName == plain)
    guard let modality, let own = ParameterLayout.Own(rawValue: String(name.prefix(5))) else {
      return
    }
    #expect(ParameterLayout.name(plain, of: modality, in: own) == name)
  }
}
