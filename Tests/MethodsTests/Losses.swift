import Layers
import Methods
import Tensors

/// The loss of projections of two views, and its gradient.
func lossOf(
  _ method: any Method, _ projection: Matrix, _ engine: Engine
) throws -> (loss: Double, gradient: Matrix) {
  let nothing = ParameterVector(ParameterLayout())
  let result = method.loss(
    MethodBatch(
      modality: "image", views: 2, features: projection, projection: projection, target: nil,
      parameters: nothing, gradient: nothing, memory: nil), engine)
  return (result.loss, result.projection)
}
