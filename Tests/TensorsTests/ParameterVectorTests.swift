import Tensors
import TestSupport
import Testing

@Suite struct ParameterVectorTests {
  /// PyTorch's order and ours are one to one, and the convolution's place is what kernels read.
  @Test func torchOrder() throws {
    var layout = ParameterLayout()
    let weight = layout.add("conv.weight", [4, 3, 2, 2], order: .convolution)
    _ = layout.add("fc.weight", [5, 6], order: .linear)
    _ = layout.add("fc.bias", [5])
    let vector = ParameterVector(layout)
    for entry in layout.entries {
      let values = noise(1 << 32, entry.count)
      vector.setTorchValues(values, entry)
      #expect(vector.torchValues(entry) == values)
    }
    let values = noise(1 << 32, 48)
    // Output 2, input 1, row 1, column 0.
    let here = ((1 * 2 + 0) * 3 + 1) * 4 + 2
    #expect(vector[weight][here] == values[((2 * 3 + 1) * 2 + 1) * 2])
  }
}
