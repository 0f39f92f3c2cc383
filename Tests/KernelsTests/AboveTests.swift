import Kernels
import TestSupport
import Testing

@Suite struct AboveTests {
  /// Every length around the vectors', with values that are not numbers, equal or infinite.
  @Test func findsPlacesInOrder() {
    for kernels in [4, 8, 16].compactMap({ motet_kernels($0)?.pointee }) {
      for count in 0..<200 {
        var values = noise(UInt64(count), count)
        for (place, value) in [(3, Float.nan), (17, .infinity), (64, 0.75), (90, -.infinity)]
        where place < count { values[place] = value }
        for threshold in [-Float.infinity, 0.75, 2] {
          var places = [Int32](repeating: -1, count: count + 1)
          let found = kernels.above(count, values, threshold, &places)
          let expected = values.indices.filter { values[$0] > threshold }.map { Int32($0) }
          #expect(Array(places[0..<found]) == expected, "\(kernels.lanes) lanes, \(count) values")
        }
      }
    }
  }
}
