import Digests
import Tensors

/// SHA-256 over a model's values: little-endian Float32 bytes in the layout's order, as 64
/// hexadecimal digits.
public func modelHash(_ model: ParameterVector) -> String {
  let hash = SHA256()
  hash.update(UnsafeRawBufferPointer(model.floats))
  return hash.finish()
}
