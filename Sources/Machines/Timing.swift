import Foundation

/// Seconds that something takes.
public func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  try body()
  return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
}

/// The middle one of some figures, of an even number the upper one of the two in the middle.
public func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
