import Foundation
import Tensors

/// A rectangle of an image, in pixels.
struct Box: Equatable {
  var top: Int
  var left: Int
  var height: Int
  var width: Int
}

/// torchvision's `RandomResizedCrop`, the choice of the rectangle: area and aspect are drawn up to
/// ten times until the rectangle fits; then the largest centred one of an allowed aspect, of one
/// pixel at least.
func randomCrop(
  height: Int, width: Int, area: [Double], aspect: [Double], random: inout RandomStream
) -> Box {
  let logLow = log(aspect[0])
  let logHigh = log(aspect[1])
  for _ in 0..<10 {
    let target =
      Double(height * width) * (area[0] + (area[1] - area[0]) * random.uniformDouble())
    let ratio = exp(logLow + (logHigh - logLow) * random.uniformDouble())
    let w = Int((target * ratio).squareRoot().rounded(.toNearestOrEven))
    let h = Int((target / ratio).squareRoot().rounded(.toNearestOrEven))
    if w > 0, w <= width, h > 0, h <= height {
      return Box(
        top: random.index(below: height - h + 1), left: random.index(below: width - w + 1),
        height: h, width: w)
    }
  }
  let ratio = Double(width) / Double(height)
  var w = width
  var h = height
  if ratio < aspect[0] {
    h = min(height, max(1, Int((Double(w) / aspect[0]).rounded(.toNearestOrEven))))
  } else if ratio > aspect[1] {
    w = min(width, max(1, Int((Double(h) * aspect[1]).rounded(.toNearestOrEven))))
  }
  return Box(top: (height - h) / 2, left: (width - w) / 2, height: h, width: w)
}
