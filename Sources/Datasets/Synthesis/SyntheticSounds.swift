import Foundation
import Media
import Tensors

/// Procedural sounds whose class is how pitch and loudness move within a beat. Pitch drifts through
/// a clip, and the tone is silent now and then; level and noise differ little between clips. A
/// large difference in level or noise would mark a clip, and segments be matched by that alone.
struct SyntheticSounds {
  static let classes = [
    "rising", "falling", "peaks", "plucks", "swells", "tremolo", "trills", "stairs up",
    "stairs down", "pairs", "vibrato", "steady",
  ]
  let seed: UInt64
  private static let rate = Float(SampleStore.soundRate)

  /// Clip number `index` of a class, 2.8 to 3.2 s. The same numbers give the same clip.
  func make(label: Int, index: Int) -> Sound {
    var random = RandomStream(
      seed: seed, purpose: .synthesis, round: 1, client: label, sample: index)
    let count = Int(Self.rate * random.uniform(in: 2.8...3.2))
    let wave = harmonics(&random)
    let tempo = exp(random.uniform(in: log(3)...log(4.5)))
    let onset = random.uniform()
    var pitch = Drift(from: log2(220), to: log2(900), &random)
    let level = random.uniform(in: 0.2...0.4)
    let noise = random.uniform(in: 0.015...0.03)
    var gap = 0

    var samples = [Float](repeating: 0, count: count)
    var phase: Float = 0
    for i in 0..<count {
      let seconds = Float(i) / Self.rate
      let beat = seconds * tempo + onset
      let (octaves, loudness) = movement(label, beat - beat.rounded(.down))
      phase += exp2(pitch.next(&random) + octaves) / Self.rate
      phase -= phase.rounded(.down)
      let tone = wave[min(wave.count - 1, Int(phase * Float(wave.count)))]
      // Now and then the tone is silent for a while, as under a time mask.
      if gap <= -Int(Self.rate * 0.2), random.index(below: 5_000) == 0 {
        gap = Int(Self.rate * random.uniform(in: 0.1...0.4))
      }
      gap -= 1
      let value =
        level * (gap > 0 ? 0 : loudness * tone)
        + noise * random.uniform(in: -1.7...1.7)
      samples[i] = max(-1, min(1, value))
    }
    return Sound(samples: samples, rate: SampleStore.soundRate)
  }

  /// A value that wanders between two bounds: straight lines between random values.
  private struct Drift {
    private let from: Float
    private let to: Float
    private var value: Float
    private var step: Float = 0
    private var left = 0

    init(from: Float, to: Float, _ random: inout RandomStream) {
      self.from = from
      self.to = to
      value = random.uniform(in: from...to)
    }

    mutating func next(_ random: inout RandomStream) -> Float {
      if left == 0 {
        left = Int(SyntheticSounds.rate * random.uniform(in: 0.4...1))
        step = (random.uniform(in: from...to) - value) / Float(left)
      }
      left -= 1
      value += step
      return value
    }
  }

  /// One period of a tone of five harmonics of random strength, greatest value 1.
  private func harmonics(_ random: inout RandomStream) -> [Float] {
    let strengths = (1...5).map { random.uniform(in: 0.3...1) / Float($0).squareRoot() }
    let table = (0..<1_024).map { i -> Float in
      strengths.enumerated().reduce(0) { sum, part in
        sum + part.element * sin(2 * .pi * Float((part.offset + 1) * i) / 1_024)
      }
    }
    let peak = table.map { abs($0) }.max() ?? 1
    return table.map { $0 / peak }
  }

  /// Pitch in octaves above the clip's own, and loudness 0 to 1, at the share `t` of a beat.
  private func movement(_ label: Int, _ t: Float) -> (octaves: Float, loudness: Float) {
    let ends = min(1, min(t, 1 - t) * 40)
    switch Self.classes[label] {
    case "steady": return (0, 1)
    case "rising": return (t - 0.5, ends)
    case "falling": return (0.5 - t, ends)
    case "peaks": return (0.5 - abs(2 * t - 1), 1)
    case "vibrato": return (0.12 * sin(6 * .pi * t), 1)
    case "tremolo": return (0, 0.51 - 0.49 * cos(4 * .pi * t))
    case "plucks": return (0, ends * exp(-5 * t))
    case "swells": return (0, ends * exp(-5 * (1 - t)))
    case "trills": return (t < 0.5 ? -0.25 : 0.25, 1)
    case "stairs up": return (Float(Int(t * 3)) * 0.4 - 0.4, 1)
    case "stairs down": return (0.4 - Float(Int(t * 3)) * 0.4, 1)
    default: return (0, t < 0.2 || 0.35...0.55 ~= t ? 1 : 0)
    }
  }
}
