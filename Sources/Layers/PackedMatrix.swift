import Kernels
import Tensors

/// The right side of many products, rearranged once.
struct PackedMatrix {
  let panels: Buffer
  let inner: Int
  let columns: Int
}

extension Engine {
  /// Packs a matrix [inner][columns], or one stored as [columns][inner] where `transposed`. Columns
  /// are a multiple of 32.
  func packed(
    _ values: UnsafePointer<Float>, inner: Int, columns: Int, transposed: Bool = false
  ) -> PackedMatrix {
    precondition(columns % 32 == 0, "\(columns) columns are not a multiple of 32")
    let panels = pool.take(kernels.packed_size(columns, inner))
    kernels.pack(
      inner, columns, values, transposed ? inner : columns, transposed ? 1 : 0, panels.pointer)
    return PackedMatrix(panels: panels, inner: inner, columns: columns)
  }

  /// y = start + x w. `start` holds one row for all where `startStride` is 0, and may be `y`.
  func product(
    _ x: Matrix, _ w: PackedMatrix, start: UnsafePointer<Float>? = nil, startStride: Int = 0,
    into y: Matrix
  ) {
    precondition(
      x.columns == w.inner && y.columns == w.columns && x.rows == y.rows,
      "[\(x.rows), \(x.columns)] x [\(w.inner), \(w.columns)] into [\(y.rows), \(y.columns)]")
    kernels.product_packed(
      x.rows, w.columns, w.inner, x.pointer, x.columns, w.panels.pointer, start, startStride,
      y.pointer, y.columns)
  }
}
