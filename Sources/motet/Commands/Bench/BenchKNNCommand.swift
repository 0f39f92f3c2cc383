import ArgumentParser
import Catalogues
import Evaluation
import Foundation
import Layers
import Machines
import Tensors

/// The monitor's classification, without making features.
struct BenchKNNCommand: BenchCase {
  static let configuration = CommandConfiguration(
    commandName: "knn", abstract: "kNN of queries in a bank of features.")

  @Option(help: "Features in the bank.") var bank = 100_000
  @Option(help: "Features to classify.") var queries = 10_000
  @Option(help: "Values of a feature.") var dimension = 512
  @Option(help: "Neighbours.") var k = 200
  @Option(help: "Threads.") var threads = 1
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard min(bank, queries, dimension, k, threads) > 0 else {
      throw ValidationError("--bank, --queries, --dimension, --k and --threads are at least 1")
    }
  }

  func measure(_ say: (String) -> Void) throws -> Tree {
    let engine = try Engine(lanes: Engine.lanesFromEnvironment(), threads: threads)
    func features(_ count: Int, _ stream: Int) -> [Float] {
      var random = RandomStream(seed: 1, purpose: .synthesis, client: stream)
      return (0..<count * dimension).map { _ in random.uniform() - 0.5 }
    }
    let (stored, asked) = (features(bank, 0), features(queries, 1))
    let labels = (0..<bank).map { Int32($0 % 10) }
    let peak = Limits.peak(engine) * Double(threads)
    let seconds = Machines.seconds {
      _ = KNN(k: k).predict(
        bank: stored, labels: labels, queries: asked, dimension: dimension, classes: 10, engine)
    }
    let limit = 2 * Double(bank) * Double(queries) * Double(dimension) / peak
    say(
      String(
        format: "%d queries in a bank of %d, dimension %d, k %d, %d threads: %.2f s; "
          + "the product alone at %.0f GFLOP/s: %.2f s (%.0f %%)",
        queries, bank, dimension, k, threads, seconds, peak * 1e-9, limit, 100 * limit / seconds))
    return [
      "bank": .whole(bank), "queries": .whole(queries), "dimension": .whole(dimension),
      "k": .whole(k), "threads": .whole(threads), "lanes": .whole(engine.lanes),
      "seconds": .number(seconds), "limit_seconds": .number(limit),
      "gflops_peak": .number(peak * 1e-9),
    ]
  }
}
