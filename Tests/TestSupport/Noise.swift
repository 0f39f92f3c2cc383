/// The values that the Python fixtures call `noise(seed, n)`: SplitMix64, 24 bits, in [-1, 1).
public func noise(_ seed: UInt64, _ count: Int) -> [Float] {
  (0..<count).map { index in
    var z = seed &+ (UInt64(index) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Float(z >> 40) / 0x1p23 - 1
  }
}
