import Datasets
import Files
import HDF5

/// Writes a store with `body`.
func saveStore(_ path: String, _ body: (SampleStoreWriter) throws -> Void) throws {
  try HDF5File.save(path) { file in
    let writer = try SampleStoreWriter(file) { _ in Counting() }
    try body(writer)
    try writer.finish()
  }
}
