import Foundation
import Kernels
import Tensors

/// What layers compute with: the kernels of one instruction set, and memory. One for each thread.
public final class Engine {
  public let kernels: MotetKernels
  public let pool = BufferPool()

  /// - Parameter lanes: 4, 8 or 16; nil takes the widest that this processor has.
  public init(lanes: Int? = nil) throws {
    guard let table = motet_kernels(Int32(lanes ?? 0)) else {
      throw EngineError(
        message: "MOTET_LANES=\(lanes ?? 0): this processor has no such vectors; "
          + "it has: \(Self.availableLanes.map(String.init).joined(separator: ", "))")
    }
    kernels = table.pointee
  }

  /// The numbers of lanes that this processor has kernels for.
  public static var availableLanes: [Int] { [4, 8, 16].filter { motet_kernels(Int32($0)) != nil } }

  /// What `MOTET_LANES` forces, or nil where it is not set.
  public static func lanesFromEnvironment() throws -> Int? {
    guard let text = ProcessInfo.processInfo.environment["MOTET_LANES"], !text.isEmpty else {
      return nil
    }
    guard let lanes = Int(text), [4, 8, 16].contains(lanes) else {
      throw EngineError(message: "MOTET_LANES=\(text): expected 4, 8 or 16")
    }
    return lanes
  }

  /// Lanes of a vector.
  public var lanes: Int { Int(kernels.lanes) }
  public var instructionSet: String { String(cString: kernels.name) }

  /// c = a b, or with either transposed as stored; + c where `accumulate`. Row-major.
  public func product(
    rows: Int, columns: Int, inner: Int, _ a: UnsafePointer<Float>, aStride: Int? = nil,
    aTransposed: Bool = false, _ b: UnsafePointer<Float>, bStride: Int? = nil,
    bTransposed: Bool = false, into c: UnsafeMutablePointer<Float>, cStride: Int? = nil,
    accumulate: Bool = false
  ) {
    let scratch = pool.take(kernels.product_scratch(rows, columns, inner))
    kernels.product(
      rows, columns, inner, a, aStride ?? (aTransposed ? rows : inner), aTransposed ? 1 : 0, b,
      bStride ?? (bTransposed ? inner : columns), bTransposed ? 1 : 0, c, cStride ?? columns,
      accumulate ? 1 : 0, scratch.pointer)
  }
}

/// Lanes that the processor or the environment does not give.
public struct EngineError: Error, CustomStringConvertible {
  public let message: String
  public var description: String { message }
}
