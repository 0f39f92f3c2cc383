import Foundation
import Jobs

/// What training costs a client, on one thread: a step of n samples takes a + b n seconds, by two
/// sizes that were measured, and the views of each sample.
struct StepCost {
  /// Sizes that are measured, ascending.
  let sizes: [Int]
  /// Seconds of them.
  let times: [Double]
  /// Of a step, whatever its size.
  let a: Double
  /// Of a sample in it.
  let b: Double
  /// Of a view, by modality.
  let views: [String: Double]

  /// The batch, and an eighth of it.
  static func sizes(batch: Int) -> [Int] {
    let small = max(2, batch / 8)
    return small < batch ? [small, batch] : [batch]
  }

  init(
    _ step: SpeedCase.StepCase, batch: Int, views: [String: SpeedCase.ViewCase], _ speeds: Speeds
  )
    throws
  {
    sizes = Self.sizes(batch: batch)
    times = try sizes.map { try speeds.of(.step(step, batch: $0, threads: 1)) }
    let slope =
      sizes.count == 2
      ? (times[1] - times[0]) / Double(sizes[1] - sizes[0]) : times[0] / Double(batch)
    let rest = times[0] - Double(sizes[0]) * slope
    // Where noise makes the small step dearer or cheaper than can be, whole batches decide.
    let isLine = slope > 0 && rest >= 0
    b = significant(isLine ? slope : times.last! / Double(batch), 5)
    a = isLine ? significant(rest, 5) : 0
    self.views = try views.mapValues { try speeds.of(.view($0)) }
  }

  func seconds(_ workload: ClientWorkload) -> Double {
    workload.samples.sorted { $0.key < $1.key }.reduce(a * Double(workload.steps)) { sum, part in
      sum + Double(part.value) * (b + Double(workload.viewsOfASample) * views[part.key]!)
    }
  }

  /// The product, for a person.
  func arithmetic(_ workload: ClientWorkload) -> String {
    let all = workload.samples.values.reduce(0, +)
    let made = workload.samples.filter { $0.value > 0 }.sorted { $0.key < $1.key }
      .map { " + \(workload.viewsOfASample) × \($0.value) × \(number(views[$0.key]!))" }.joined()
    return "\(workload.steps) × \(number(a)) + \(all) × \(number(b))\(made)"
  }
}

/// A number as it is used, in few digits.
func number(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : String(format: "%.5g", value)
}
