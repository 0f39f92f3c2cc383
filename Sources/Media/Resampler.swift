import CSoxr

/// libsoxr at its high quality (passband to 91 % of the lower rate's half, stopband beyond 20
/// bits), fed with a sound's parts: the same samples as of the whole at once.
final class Resampler {
  private let soxr: soxr_t
  private let ratio: Double

  init(from: Int, to: Int) throws(MediaError) {
    precondition(from > 0 && to > 0)
    ratio = Double(to) / Double(from)
    var failure: soxr_error_t?
    var format = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
    var quality = soxr_quality_spec(UInt(SOXR_HQ), 0)
    var runtime = soxr_runtime_spec(1)
    let soxr = soxr_create(Double(from), Double(to), 1, &failure, &format, &quality, &runtime)
    guard let soxr else {
      throw MediaError("resampling", failure.map { String(cString: $0) } ?? "no memory")
    }
    self.soxr = soxr
  }

  deinit { soxr_delete(soxr) }

  /// Takes the next samples, all of them, and puts what they make after `result`.
  func add(_ samples: UnsafeBufferPointer<Float>, to result: inout [Float]) throws(MediaError) {
    var rest = samples
    while !rest.isEmpty {
      let used = try process(rest, to: &result)
      rest = UnsafeBufferPointer(rebasing: rest[used...])
    }
  }

  /// Puts what is left after `result`.
  func finish(_ result: inout [Float]) throws(MediaError) {
    var before: Int
    repeat {
      before = result.count
      _ = try process(nil, to: &result)
    } while result.count > before
  }

  /// The number of samples used; none of them says that there are no more.
  private func process(
    _ samples: UnsafeBufferPointer<Float>?, to result: inout [Float]
  ) throws(MediaError) -> Int {
    let room = Int(Double(samples?.count ?? 0) * ratio) + 4_096
    var consumed = 0
    var failure: soxr_error_t?
    let made = [Float](unsafeUninitializedCapacity: room) { block, count in
      failure = soxr_process(
        soxr, samples?.baseAddress, samples?.count ?? 0, &consumed, block.baseAddress, room, &count)
    }
    if let failure { throw MediaError("resampling", String(cString: failure)) }
    result.append(contentsOf: made)
    return consumed
  }
}
