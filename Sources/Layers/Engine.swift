import Foundation
import Kernels
import Tensors

/// What layers compute with: the kernels of one instruction set, memory, and threads.
///
/// Not to be shared between threads: `parallel` gives each an engine of its own. No result depends
/// on the number of threads, because none splits a sum.
public final class Engine {
  public let kernels: MotetKernels
  public let pool = BufferPool()
  /// Which of the threads this engine belongs to.
  public let thread: Int
  private let team: ThreadTeam?
  /// Engines of the threads beside the caller's.
  private let others: [Engine]

  /// - Parameters:
  ///   - lanes: 4, 8 or 16; nil takes the widest that this processor has.
  ///   - threads: that `parallel` uses, the caller's included.
  public init(lanes: Int? = nil, threads: Int = 1) throws {
    guard let table = motet_kernels(Int32(lanes ?? 0)) else {
      throw EngineError(
        message: "this processor has no vectors of \(lanes ?? 0) lanes; it has: "
          + Self.availableLanes.map(String.init).joined(separator: ", "))
    }
    kernels = table.pointee
    thread = 0
    others = (1..<max(1, threads)).map { Engine(table.pointee, thread: $0) }
    team = threads > 1 ? ThreadTeam(threads) : nil
  }

  private init(_ kernels: MotetKernels, thread: Int) {
    self.kernels = kernels
    self.thread = thread
    others = []
    team = nil
  }

  deinit { team?.end() }

  public var threads: Int { others.count + 1 }

  /// Bytes of memory that all threads' pools have held at most.
  public var highWater: Int { others.reduce(pool.highWater) { $0 + $1.pool.highWater } }
  /// How often one of those marks rose.
  public var growths: Int { others.reduce(pool.growths) { $0 + $1.pool.growths } }

  /// Calls `body` with consecutive parts of 0..<count that cover it, on all threads at once, each
  /// with an engine for itself. Parts are cut at multiples of `unit`.
  public func parallel(
    _ count: Int, unit: Int = 1, _ body: (_ part: Range<Int>, _ own: Engine) -> Void
  ) {
    guard count > unit else {
      if count > 0 { body(0..<count, self) }
      return
    }
    onAllThreads { index, own in
      let range = Self.part(index, of: threads, count, unit: unit)
      if !range.isEmpty { body(range, own) }
    }
  }

  /// Calls `body` with each image of a plain feature map, on all threads at once, for it to write.
  public func eachImage(
    of map: FeatureMap,
    _ body: (_ image: Int, _ thread: Int, _ values: UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    parallel(map.images) { images, own in
      for image in images {
        body(
          image, own.thread,
          UnsafeMutableBufferPointer(
            start: map.pointer + image * map.imageCount, count: map.imageCount))
      }
    }
  }

  /// Calls `body` with each of 0..<threads on its own thread.
  func onAllThreads(_ body: (_ part: Int, _ own: Engine) -> Void) {
    guard let team else { return body(0, self) }
    team.run { index in body(index, index == 0 ? self : others[index - 1]) }
  }

  /// One of `parts` consecutive parts of 0..<count, cut at multiples of `unit`.
  static func part(_ index: Int, of parts: Int, _ count: Int, unit: Int) -> Range<Int> {
    let units = (count + unit - 1) / unit
    return min(count, units * index / parts * unit)..<min(count, units * (index + 1) / parts * unit)
  }

  /// The numbers of lanes that this processor has kernels for.
  public static var availableLanes: [Int] { [4, 8, 16].filter { motet_kernels(Int32($0)) != nil } }

  /// What `MOTET_LANES` forces, or nil where it is not set.
  public static func lanesFromEnvironment() throws -> Int? {
    guard let text = ProcessInfo.processInfo.environment["MOTET_LANES"], !text.isEmpty else {
      return nil
    }
    guard let lanes = Int(text), availableLanes.contains(lanes) else {
      throw EngineError(
        message: "MOTET_LANES=\(text): expected one of "
          + availableLanes.map(String.init).joined(separator: ", "))
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
