import Tensors

/// Two parameters, `count` values in all.
public func makeLayout(_ count: Int) -> ParameterLayout {
  var layout = ParameterLayout()
  _ = layout.add("conv1.weight", [count - 3])
  _ = layout.add("fc.bias", [3])
  return layout
}

public func makeVector(_ layout: ParameterLayout, _ values: [Float]) -> ParameterVector {
  let vector = ParameterVector(layout)
  _ = vector.floats.update(from: values)
  return vector
}

public func bits(_ vector: ParameterVector) -> [UInt32] { vector.floats.map(\.bitPattern) }
