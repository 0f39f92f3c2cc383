import Foundation

/// What a random stream is for. Two purposes never share a stream; the number is part of the key,
/// so it must not change once results exist.
public struct Purpose: RawRepresentable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let initialisation = Purpose(rawValue: 1)
  public static let partition = Purpose(rawValue: 2)
  public static let mix = Purpose(rawValue: 3)
  public static let selection = Purpose(rawValue: 4)
  public static let shuffle = Purpose(rawValue: 5)
  public static let batchOrder = Purpose(rawValue: 6)
  public static let firstView = Purpose(rawValue: 7)
  public static let secondView = Purpose(rawValue: 8)
  public static let synthesis = Purpose(rawValue: 9)
  public static let sampling = Purpose(rawValue: 10)
  // 11 to 20 are not used.
  public static let bootstrap = Purpose(rawValue: 21)
  public static let methodMemory = Purpose(rawValue: 22)
  public static let classifier = Purpose(rawValue: 23)
  public static let otherSamples = Purpose(rawValue: 24)
  public static let turns = Purpose(rawValue: 25)
  public static let labels = Purpose(rawValue: 31)
  public static let halves = Purpose(rawValue: 32)

  /// One of a sample's training views, counted from 0. The first two have the numbers that they had
  /// when there were no more.
  public static func view(_ index: Int) -> Purpose {
    switch index {
    case 0: firstView
    case 1: secondView
    default: Purpose(rawValue: 1000 + UInt32(index))
    }
  }
}

/// Random numbers that depend on their key alone, never on which rank draws them or when:
/// (seed, purpose, round, client, epoch, sample).
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private var counter: UInt64 = 0
  private var words = SIMD4<UInt32>()
  private var used = 4

  public init(
    seed: UInt64, purpose: Purpose, round: Int = 0, client: Int = 0, epoch: Int = 0,
    sample: Int = 0
  ) {
    // The key's parts are mixed by the generator itself, one application for every four words.
    let first = Philox.block(
      counter: SIMD4(
        purpose.rawValue, UInt32(truncatingIfNeeded: round), UInt32(truncatingIfNeeded: client),
        UInt32(truncatingIfNeeded: epoch)),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    let second = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: sample), UInt32(truncatingIfNeeded: sample >> 32), first[2],
        first[3]),
      key: SIMD2(first[0], first[1]))
    key = SIMD2(second[0], second[1])
  }

  /// A seed that makes of all purposes others: where the same work is done for another end.
  public static func seed(of purpose: Purpose, from seed: UInt64) -> UInt64 {
    var random = RandomStream(seed: seed, purpose: purpose)
    return random.next()
  }

  @inline(__always)
  public mutating func next32() -> UInt32 {
    if used == 4 {
      words = Philox.block(
        counter: SIMD4(
          UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), 0, 0),
        key: key)
      counter &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// Takes the next `count` blocks of four words out of the stream, for code that makes many of
  /// them at once (`Philox`): their key and the first one's counter. What was left of the block
  /// before is skipped.
  public mutating func takeBlocks(_ count: Int) -> (key: SIMD2<UInt32>, counter: UInt64) {
    let first = counter
    counter &+= UInt64(count)
    used = 4
    return (key, first)
  }

  public mutating func next() -> UInt64 {
    let low = UInt64(next32())
    return low | UInt64(next32()) << 32
  }

  /// Uniform in [0, 1), 24 bits.
  public mutating func uniform() -> Float { Float(next32() >> 8) * 0x1p-24 }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniformDouble() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform between the bounds.
  public mutating func uniform(in range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Uniform in 0..<bound, without bias (Lemire, arXiv 1805.10941).
  public mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "index(below: \(bound))")
    return Int(next(upperBound: UInt64(bound)))
  }

  /// True with probability `p`.
  public mutating func chance(_ p: Float) -> Bool { uniform() < p }

  /// Standard normal, by Box and Muller in Double.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniformDouble())).squareRoot()
    return radius * cos(2 * .pi * uniformDouble())
  }

  /// A permutation of 0..<count (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    guard count > 1 else { return order }
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, index(below: i + 1)) }
    return order
  }
}
