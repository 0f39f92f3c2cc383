import Federation
import Foundation
import Kernels
import Tensors
import TestSupport
import Testing
import Training

@Suite struct ExactSumTests {
  let layout = makeLayout(1003)

  func sum(
    _ terms: [(ParameterVector, Double)], _ kernels: MotetKernels = motet_kernels(0).pointee
  ) throws -> [UInt32] {
    let sum = try ExactSum(layout, kernels: kernels)
    for (model, weight) in terms {
      try sum.add(Contribution(model, weight: weight), client: 0, round: 1)
    }
    return bits(sum.vector())
  }

  @Test func anyOrderGivesTheSameBits() throws {
    var random = RandomStream(seed: 3, purpose: .sampling)
    let samples = (0..<37).map { _ in 1 + random.index(below: 5000) }
    let total = Double(samples.reduce(0, +))
    let terms = samples.enumerated().map { index, count in
      (makeVector(layout, noise(UInt64(index), 1003)), Double(count) / total)
    }
    let expected = try sum(terms)
    for _ in 0..<5 {
      #expect(try sum(random.permutation(terms.count).map { terms[$0] }) == expected)
    }
  }

  @Test func theMeanIsAsExactAsTheGrid() throws {
    let models = (0..<10).map { makeVector(layout, noise($0, 1003)) }
    let shares = (1...10).map { Double($0) / 55 }
    let result = try sum(Array(zip(models, shares)))
    for i in 0..<1003 {
      let exact = zip(models, shares).reduce(0.0) { $0 + Double($1.0.floats[i]) * $1.1 }
      let error = abs(Double(Float(bitPattern: result[i])) - exact)
      #expect(error <= 10 * 0x1p-41 + Double(Float(exact).ulp) / 2 + 1e-15)
    }
  }

  /// Rounding of a term to the grid, against the definition, over all magnitudes and signs, for
  /// every number of lanes.
  @Test func termsAreRoundedTiesToEven() throws {
    var random = RandomStream(seed: 9, purpose: .sampling)
    var values: [Float] = [0, -0.0, 0x1p22, -0x1p22, 0x1p-41, 0x1.8p-40, -0x1p-41, 0x1p-149, 1]
    while values.count < 1003 {
      let magnitude = Float(sign: .plus, exponent: random.index(below: 62) - 40, significand: 1)
      values.append((random.uniform() * 2 - 1) * magnitude)
    }
    for weight in [1, 0.5, 1.0 / 3, 0.1, 1e-9, 0, -1] {
      let model = makeVector(layout, values)
      let expected = values.map { value in
        Float((Double(value) * (weight * 0x1p40)).rounded(.toNearestOrEven) / 0x1p40) + 0
      }
      for kernels in [4, 8, 16].compactMap({ motet_kernels($0)?.pointee }) {
        #expect(
          try sum([(model, weight)], kernels) == expected.map(\.bitPattern),
          "\(kernels.lanes) lanes")
      }
    }
  }

  @Test func oneClientAloneComesBackAsItIs() throws {
    // Values on the grid of 2⁻²⁴.
    let values = noise(1, 1003)
    #expect(try sum([(makeVector(layout, values), 1)]) == values.map { ($0 + 0).bitPattern })
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, Float(0x1p22).nextUp, -5e6])
  func impossibleValuesNameClientRoundAndParameter(value: Float) throws {
    var values = noise(1, 1003)
    values[1001] = value
    let sum = try ExactSum(layout)
    let model = makeVector(layout, values)
    #expect {
      try sum.add(Contribution(model, weight: 0.1), client: 40, round: 12)
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("round 12, client 40: fc.bias has the value \(value)")
        && !text.contains("\n")
    }
  }

  @Test func theSumOfTheLargestValuesStaysInRange() throws {
    let largest = makeVector(
      layout, [Float](repeating: FixedPointSum.Grid.parameters.limit, count: 1003))
    let terms = [1.0 / 3, 1.0 / 3, 1.0 / 3].map { (largest, $0) }
    let expected = Float((0x1p62 / 3).rounded() * 3 / 0x1p40)
    #expect(try sum(terms).allSatisfy { $0 == expected.bitPattern })
  }
}
