import Foundation
import HDF5
import Layers
import TestSupport
import Testing

@testable import Evaluation

@Suite struct KNNTests {
  private let engine = try! Engine()

  /// The definition, with a full sort, in Float64.
  private func slow(
    _ bank: [Float], _ labels: [Int32], _ queries: [Float], dimension: Int, classes: Int, k: Int,
    temperature: Double
  ) -> [Int32] {
    func rows(_ values: [Float]) -> [[Double]] {
      stride(from: 0, to: values.count, by: dimension).map { start in
        let row = values[start..<start + dimension].map { Double($0) }
        let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return norm == 0 ? row : row.map { $0 / norm }
      }
    }
    let bankRows = rows(bank)
    return rows(queries).map { query in
      let similar = bankRows.enumerated().map { index, row in
        (zip(query, row).reduce(0) { $0 + $1.0 * $1.1 }, index)
      }
      .sorted { $0.0 != $1.0 ? $0.0 > $1.0 : $0.1 < $1.1 }
      var votes = [Double](repeating: 0, count: classes)
      for (similarity, index) in similar.prefix(k) {
        votes[Int(labels[index])] += exp(similarity / temperature)
      }
      return Int32(votes.firstIndex(of: votes.max()!)!)
    }
  }

  /// lightly's `knn_predict` (Fixtures/knn.py).
  @Test(arguments: [20, 200])
  func equalsLightly(k: Int) throws {
    let file = try fixture(.module, "knn.h5")
    let bank: [Float] = try file.read("bank")
    let queries: [Float] = try file.read("queries")
    let labels: [Int64] = try file.read("bank_labels")
    let expected: [Int64] = try file.read("k\(k)/predicted")
    let predicted = KNN(k: k, temperature: 0.1).predict(
      bank: bank, labels: labels.map { Int32($0) }, queries: queries, dimension: 32, classes: 7,
      engine)
    #expect(predicted == expected.map { Int32($0) })
  }

  /// Sizes around the blocks' (132 and 2048 queries, 1024 samples), banks smaller than k, and
  /// threads.
  @Test(arguments: [(1, 1, 1), (30, 7, 200), (1024, 132, 20), (1027, 135, 200), (40, 2051, 3)])
  func equalsTheDefinition(bankCount: Int, queryCount: Int, k: Int) throws {
    let dimension = 16
    let bank = noise(1, bankCount * dimension)
    let queries = noise(2, queryCount * dimension)
    let labels = (0..<bankCount).map { Int32(($0 * 7) % 5) }
    let expected = slow(
      bank, labels, queries, dimension: dimension, classes: 5, k: k, temperature: 0.1)
    for lanes in Engine.availableLanes {
      let predicted = KNN(k: k, temperature: 0.1).predict(
        bank: bank, labels: labels, queries: queries, dimension: dimension, classes: 5,
        try Engine(lanes: lanes, threads: lanes / 4))
      #expect(predicted == expected, "\(lanes) lanes")
    }
  }

  @Test func tiesGoToTheLowestClass() {
    // Two samples at the same angle on either side; and two equal samples of two classes.
    let bank: [Float] = [1, 1, 1, -1]
    let knn = KNN(k: 2)
    #expect(
      knn.predict(bank: bank, labels: [2, 1], queries: [1, 0], dimension: 2, classes: 3, engine)
        == [1])
    #expect(
      knn.predict(
        bank: [1, 0, 1, 0], labels: [2, 0], queries: [3, 0], dimension: 2, classes: 3, engine)
        == [0])
  }

  @Test func equalNeighboursAtTheLastPlaceGoByOrder() {
    let bank = [Float](repeating: 1, count: 100)
    let labels = (0..<100).map { Int32($0 < 10 ? 3 : 1) }
    let knn = KNN(k: 10)
    #expect(
      knn.predict(bank: bank, labels: labels, queries: [2], dimension: 1, classes: 4, engine) == [3]
    )
  }

  @Test func zerosAndNaNsGiveAClass() {
    let bank: [Float] = [0, 0, 1, 0, 0, 1]
    let predicted = KNN(k: 3).predict(
      bank: bank, labels: [0, 1, 1], queries: [0, 0, 0, 5, .nan, 1], dimension: 2, classes: 2,
      engine)
    #expect(predicted == [1, 1, 0])
  }

  @Test func aTinyTemperatureDoesNotOverflow() {
    let predicted = KNN(k: 3, temperature: 1e-6).predict(
      bank: [1, 0, 1, 0.1, 1, 0.1], labels: [1, 0, 0], queries: [1, 0], dimension: 2, classes: 2,
      engine)
    #expect(predicted == [1])
  }

  @Test func accuracy() {
    #expect(KNN.accuracy([1, 2, 3, 4], [1, 2, 0, 0]) == 0.5)
    #expect(KNN.accuracy([], []) == nil)
  }
}
