import Layers
import Tensors
import TestSupport

/// Features in PyTorch's order [image][channel][row][column] -> blocked.
func blocked(
  _ values: [Float], images: Int, channels: Int, height: Int, width: Int, _ engine: Engine
) -> FeatureMap {
  let map = FeatureMap(
    engine.pool, images: images, channels: channels, height: height, width: width)
  forEachPlace(map, engine) { plain, here in map.pointer[here] = values[plain] }
  return map
}

/// And back.
func plain(_ map: FeatureMap, _ engine: Engine) -> [Float] {
  var values = [Float](repeating: 0, count: map.buffer.floats.count)
  forEachPlace(map, engine) { plain, here in values[plain] = map.pointer[here] }
  return values
}

private func forEachPlace(_ map: FeatureMap, _ engine: Engine, _ body: (Int, Int) -> Void) {
  let lanes = engine.lanes
  for n in 0..<map.images {
    for c in 0..<map.channels {
      for p in 0..<map.positions {
        let block = (n * map.channels + c / lanes * lanes) * map.positions
        body((n * map.channels + c) * map.positions + p, block + p * lanes + c % lanes)
      }
    }
  }
}

/// ⟨y, slope⟩ in Float64: a loss whose gradient with respect to y is `slope`.
func dot(_ y: UnsafeMutableBufferPointer<Float>, _ slope: UnsafeMutableBufferPointer<Float>)
  -> Double
{
  zip(y, slope).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// Fills with noise.
func fill(_ values: UnsafeMutableBufferPointer<Float>, _ seed: UInt64, scale: Float = 1) {
  _ = values.update(from: noise(seed << 32, values.count).map { $0 * scale })
}
