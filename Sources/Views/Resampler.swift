import Kernels

/// Cuts a rectangle out of an interleaved image of bytes and resamples it into planes of floats
/// between 0 and 1, in one go.
final class Resampler {
  private let side: Int
  private let kernels: MotetKernels
  private let rows = Taps()
  private let columns = Taps()
  private let line = Scratch()

  init(side: Int, kernels: MotetKernels = widestKernels) {
    self.side = side
    self.kernels = kernels
  }

  /// torchvision's `resized_crop(box, [side, side], antialias: True)` on a float image.
  ///
  /// - Parameter image: [height, width, 3] bytes, `width` pixels a row.
  /// - Parameter planes: [3, side, side].
  func resample(
    _ image: UnsafePointer<UInt8>, width: Int, box: Box, into planes: UnsafeMutablePointer<Float>
  ) {
    rows.set(input: box.height, output: side, range: 0..<side, scale: 1 / 255)
    columns.set(input: box.width, output: side, range: 0..<side)
    run(image, width: width, box: box, into: planes)
  }

  /// Resizes so that the shorter side becomes `side`, and takes the centre (torchvision's
  /// `resize(side)` and `center_crop(side)`), computing nothing outside of it.
  func fill(
    _ image: UnsafePointer<UInt8>, height: Int, width: Int,
    into planes: UnsafeMutablePointer<Float>
  ) {
    let short = min(height, width)
    func long(_ length: Int) -> Int { length == short ? side : side * length / short }
    func centre(_ length: Int) -> Range<Int> {
      let start = Int((Double(length - side) / 2).rounded(.toNearestOrEven))
      return start..<start + side
    }
    let newHeight = long(height)
    let newWidth = long(width)
    rows.set(input: height, output: newHeight, range: centre(newHeight), scale: 1 / 255)
    columns.set(input: width, output: newWidth, range: centre(newWidth))
    run(
      image, width: width, box: Box(top: 0, left: 0, height: height, width: width), into: planes)
  }

  /// Rows first, into one line of the box's width that stays in the nearest cache, since that
  /// runs over contiguous bytes; then along the line, three channels at a time.
  private func run(
    _ image: UnsafePointer<UInt8>, width: Int, box: Box, into planes: UnsafeMutablePointer<Float>
  ) {
    let count = 3 * box.width
    let line = line.reserve(count)
    let plane = side * side
    rows.starts.withUnsafeBufferPointer { rowStarts in
      rows.weights.withUnsafeBufferPointer { rowWeights in
        columns.starts.withUnsafeBufferPointer { columnStarts in
          columns.weights.withUnsafeBufferPointer { columnWeights in
            for y in 0..<side {
              let top = box.top + Int(rowStarts[y])
              kernels.weigh_rows(
                count, Int32(rows.width), rowWeights.baseAddress! + y * rows.width,
                image + (top * width + box.left) * 3, 3 * width, line)
              let target = planes + y * side
              if columns.width == 2 {
                twoTaps(
                  line, columnStarts.baseAddress!, columnWeights.baseAddress!, target, plane)
              } else {
                manyTaps(
                  line, columnStarts.baseAddress!, columnWeights.baseAddress!, target, plane)
              }
            }
          }
        }
      }
    }
  }

  private func twoTaps(
    _ line: UnsafePointer<Float>, _ starts: UnsafePointer<Int32>, _ weights: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ plane: Int
  ) {
    for x in 0..<side {
      let at = line + 3 * Int(starts[x])
      let near = weights[2 * x]
      let far = weights[2 * x + 1]
      target[x] = near * at[0] + far * at[3]
      target[plane + x] = near * at[1] + far * at[4]
      target[2 * plane + x] = near * at[2] + far * at[5]
    }
  }

  private func manyTaps(
    _ line: UnsafePointer<Float>, _ starts: UnsafePointer<Int32>, _ weights: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ plane: Int
  ) {
    let width = columns.width
    for x in 0..<side {
      var at = line + 3 * Int(starts[x])
      var red: Float = 0
      var green: Float = 0
      var blue: Float = 0
      for t in 0..<width {
        let weight = weights[x * width + t]
        red += weight * at[0]
        green += weight * at[1]
        blue += weight * at[2]
        at += 3
      }
      target[x] = red
      target[plane + x] = green
      target[2 * plane + x] = blue
    }
  }
}
