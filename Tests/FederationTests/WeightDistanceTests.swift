import Tensors
import TestSupport
import Testing

@testable import Federation

@Suite struct WeightDistanceTests {
  /// The mean over those that count of 3-4-5 triangles' distances.
  @Test(arguments: [
    (["conv1.weight", "layer1.0.conv2.weight", "layer1.0.downsample.0.weight", "fc.weight"], 2),
    (["patch_embed.proj.weight", "fc.weight", "predictor.0.weight"], 2),
  ])
  func countsConvolutionsOrElseAllWeights(names: [String], counted: Int) {
    var layout = ParameterLayout()
    for name in names { _ = layout.add(name, [1, 2]) }
    _ = layout.add("conv1.bias", [2])
    let (a, b) = (ParameterVector(layout), ParameterVector(layout))
    for (index, entry) in layout.entries.enumerated() {
      let far: Float = index < counted ? 1 : 100
      (b[entry.range][0], b[entry.range][1]) = (3 * far, 4 * far)
    }
    #expect(WeightDistance(layout)(a, b) == 5)
  }
}
