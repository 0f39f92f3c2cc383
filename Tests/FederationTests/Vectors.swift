import Tensors

/// Two parameters, `count` values in all.
func makeLayout(_ count: Int) -> ParameterLayout {
  var layout = ParameterLayout()
  _ = layout.add("conv1.weight", [count - 3])
  _ = layout.add("fc.bias", [3])
  return layout
}

func makeVector(_ layout: ParameterLayout, _ values: [Float]) -> ParameterVector {
  let vector = ParameterVector(layout)
  _ = vector.floats.update(from: values)
  return vector
}

func bits(_ vector: ParameterVector) -> [UInt32] { vector.floats.map(\.bitPattern) }
