import Foundation
import Media
import Tensors

/// Procedural sounds whose class is how pitch and loudness move. Pitch, tempo, onset, harmonics,
/// level and noise are drawn anew for each clip and say nothing of the class.
struct SyntheticSounds {
  static let classes = [
    "steady", "rising", "falling", "up and down", "vibrato", "tremolo", "even pulses",
    "paired pulses", "stairs up", "stairs down", "trill", "plucks",
  ]
  let seed: UInt64
  private static let rate = Float(SampleStore.soundRate)

  /// Clip number `index` of a class, 2 to 3 s. The same numbers give the same clip.
  func make(label: Int, index: Int) -> Sound {
    var random = RandomStream(
      seed: seed, purpose: .synthesis, round: 1, client: label, sample: index)
    let count = Int(Self.rate * random.uniform(in: 2...3))
    let pitch = exp(random.uniform(in: log(180)...log(1_200)))
    let tempo = exp(random.uniform(in: log(2.5)...log(5)))
    let onset = random.uniform()
    let wave = harmonics(&random)
    let level = exp(random.uniform(in: log(0.02)...log(0.6)))
    let noise = level * exp(random.uniform(in: log(0.003)...log(0.2)))
    let colour = random.uniform(in: 0...0.9)
    let swing = random.uniform(in: 0.85...1.15)

    var samples = [Float](repeating: 0, count: count)
    var phase: Float = 0
    var last: Float = 0
    for i in 0..<count {
      let beat = Float(i) / Self.rate * tempo + onset
      let (octaves, loudness) = motion(label, beat, swing)
      phase += pitch * exp2(octaves) / Self.rate
      phase -= phase.rounded(.down)
      last = colour * last + (1 - colour) * random.uniform(in: -1.7...1.7)
      let place = phase * Float(wave.count)
      let value = level * loudness * wave[min(wave.count - 1, Int(place))] + noise * last
      samples[i] = max(-1, min(1, value))
    }
    return Sound(samples: samples, rate: SampleStore.soundRate)
  }

  /// One period of a tone of up to six harmonics of random strength, greatest value 1.
  private func harmonics(_ random: inout RandomStream) -> [Float] {
    let fall = random.uniform(in: 0.3...1.5)
    let strengths = (1...6).map { random.uniform(in: 0.2...1) / pow(Float($0), fall) }
    let table = (0..<2_048).map { i -> Float in
      strengths.enumerated().reduce(0) { sum, part in
        sum + part.element * sin(2 * .pi * Float((part.offset + 1) * i) / 2_048)
      }
    }
    let peak = table.map { abs($0) }.max() ?? 1
    return table.map { $0 / peak }
  }

  /// Pitch in octaves above the clip's own, and loudness 0 to 1, at a time in beats.
  private func motion(_ label: Int, _ beat: Float, _ swing: Float) -> (Float, Float) {
    let t = beat - beat.rounded(.down)
    let number = Int(beat)
    /// A tone that lasts a share of a beat, its ends rounded.
    func gate(_ t: Float, _ length: Float) -> Float { max(0, min(1, min(t, length - t) * 25)) }
    switch Self.classes[label] {
    case "steady": return (0, 1)
    case "rising": return (swing * t, gate(t, 0.95))
    case "falling": return (swing * (1 - t), gate(t, 0.95))
    case "up and down": return (swing * abs(2 * t - 1), 1)
    case "vibrato": return (0.15 * swing * sin(4 * .pi * beat), 1)
    case "tremolo": return (0, 0.5 - 0.48 * cos(4 * .pi * beat))
    case "even pulses": return (0, gate(t, 0.4))
    case "paired pulses": return (0, gate(t, 0.22) + gate(t - 0.33, 0.22))
    case "stairs up": return (0.33 * swing * Float(number % 4), gate(t, 0.95))
    case "stairs down": return (0.33 * swing * Float(3 - number % 4), gate(t, 0.95))
    case "trill": return (t < 0.5 ? 0 : 0.5 * swing, 1)
    default: return (0, min(1, 60 * t) * exp(-5 * t))
    }
  }
}
