import Foundation
import Layers
import Tensors
import TestSupport
import Testing
import Training

/// What every optimizer of the catalogue keeps, by its name alone.
@Suite struct OptimizerConformanceTests {
  @Test(arguments: optimizers.names) func defaultsResolveToThemselves(name: String) throws {
    let (once, twice) = try resolvedTwice(name, in: optimizers)
    #expect(twice == once)
  }

  /// Three whole steps, clipped, have the same bits for all lanes that fuse multiply and add, and
  /// for all threads.
  @Test(arguments: optimizers.names) func sameBitsForAllLanesAndThreads(name: String) throws {
    func train(lanes: Int, threads: Int = 1) throws -> [UInt32] {
      let training = try TinyTraining(
        optimizer: .text(name), settings: .init(clip: 0.5),
        try Engine(lanes: lanes, threads: threads))
      _ = training.run(steps: 3)
      #expect(training.parameters.floats.allSatisfy { $0.isFinite })
      return bits(training.parameters)
    }
    let fused = try fusedLanes()
    let expected = try train(lanes: fused.last ?? 4)
    for (lanes, threads) in fused.map({ ($0, 1) }) + [(fused.last ?? 4, 2), (fused.last ?? 4, 3)] {
      let found = try train(lanes: lanes, threads: threads)
      #expect(found == expected, "\(lanes) lanes, \(threads) threads")
    }
  }

  /// Steps from a vector, with exactly the state that the optimizer asks for.
  private func steps(
    _ optimizer: any Optimizer, _ parameters: ParameterVector, gradients: [ParameterVector]
  ) throws {
    let state = (0..<optimizer.stateCount).map { _ in ParameterVector(SmallNetwork.layout) }
    let engine = try Engine()
    for (number, gradient) in gradients.enumerated() {
      optimizer.step(
        parameters, gradient, state: state, number: number, rate: 0.1, engine)
    }
  }

  /// Statistics stay as they are, whatever their gradient's places hold, and so does the gradient.
  @Test(arguments: optimizers.names) func trainsTrainableParametersAlone(name: String) throws {
    let parameters = SmallNetwork.noiseVector(1)
    let before = parameters.copy()
    let gradient = SmallNetwork.noiseVector(10)
    try steps(optimizers.make(name), parameters, gradients: [gradient, gradient])
    for entry in SmallNetwork.layout.entries {
      let moved = Array(parameters[entry.range]) != Array(before[entry.range])
      #expect(moved == entry.trainable, "\(entry.name)")
    }
    #expect(bits(gradient) == bits(SmallNetwork.noiseVector(10)))
  }

  /// From zero, with a gradient of zeros, tiny and large ones: finite.
  @Test(arguments: optimizers.names, [0, 1e-20, 1e15] as [Float])
  func staysFinite(name: String, scale: Float) throws {
    for weights in [0, 1] as [Float] {
      let parameters = SmallNetwork.noiseVector(1)
      let gradient = SmallNetwork.noiseVector(10)
      for i in 0..<parameters.count {
        parameters.floats[i] *= weights
        gradient.floats[i] *= scale
      }
      try steps(optimizers.make(name), parameters, gradients: [gradient, gradient])
      #expect(parameters.floats.allSatisfy { $0.isFinite })
    }
  }

  /// All that an optimizer remembers lies in its state: from zeros, one value gives the same again.
  @Test(arguments: optimizers.names) func keepsNothingBesideItsState(name: String) throws {
    let optimizer = try optimizers.make(name)
    let results = try (0..<2).map { _ in
      let parameters = SmallNetwork.noiseVector(1)
      try steps(optimizer, parameters, gradients: (1...3).map { SmallNetwork.noiseVector(10 * $0) })
      return bits(parameters)
    }
    #expect(results[0] == results[1])
  }

  /// A step along a gradient goes down it.
  @Test(arguments: optimizers.names) func goesDownhill(name: String) throws {
    let parameters = SmallNetwork.noiseVector(1)
    let before = parameters.copy()
    let gradient = SmallNetwork.noiseVector(10)
    try steps(optimizers.make(name), parameters, gradients: [gradient])
    let along = SmallNetwork.layout.entries.filter(\.trainable).flatMap(\.range).reduce(0.0) {
      $0 + Double(parameters.floats[$1] - before.floats[$1]) * Double(gradient.floats[$1])
    }
    #expect(along < 0)
  }
}
