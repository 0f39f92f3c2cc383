/// A sound in memory: one channel, full scale at ±1.
public struct Sound: Sendable, Equatable {
  public var samples: [Float]
  /// Samples a second.
  public let rate: Int

  public init(samples: [Float], rate: Int) {
    self.samples = samples
    self.rate = rate
  }

  /// Seconds.
  public var duration: Double { Double(samples.count) / Double(rate) }

  /// Decodes a file, or a part of it, of any kind that libsndfile or libmpg123 reads; several
  /// channels are averaged to one. A sound without samples, one that ends before its header (or the
  /// part) says, one that is damaged or joined of several, and one with values that are no numbers
  /// are errors.
  /// - Parameters:
  ///   - seconds: the part, its bounds rounded to samples of the file's rate.
  ///   - rate: what it is resampled to (see `resampled`), block by block, so that no more than that
  ///     is in memory; nil leaves it as it is.
  public static func read(
    _ path: String, seconds: Range<Double>? = nil, rate: Int? = nil
  ) throws(MediaError) -> Sound {
    let source = try openSound(path)
    guard rates.contains(source.rate) else {
      throw MediaError(
        path,
        "says \(source.rate) samples a second; sounds of \(rates.lowerBound) to "
          + "\(rates.upperBound) are read")
    }
    guard source.frames > 0 else { throw MediaError(path, "a sound of zero length") }
    let wanted = try seconds.map { seconds throws(MediaError) in
      try place(source, at: seconds, path)
    }
    let target = rate ?? source.rate
    let resampler = target == source.rate ? nil : try Resampler(from: source.rate, to: target)
    var samples: [Float] = []
    let count = try mixed(source, frames: wanted ?? .max, path) { block throws(MediaError) in
      guard let resampler else { return samples.append(contentsOf: block) }
      try resampler.add(block, to: &samples)
    }
    try resampler?.finish(&samples)
    guard count > 0 else { throw MediaError(path, "a sound of zero length") }
    let expected = wanted ?? source.frames
    guard count >= expected else {
      throw MediaError(path, "ends after \(count) of \(expected) samples")
    }
    guard !samples.isEmpty else { throw MediaError(path, tooShort(at: target)) }
    return Sound(samples: samples, rate: target)
  }

  /// Goes to the beginning of a part, and gives its length.
  private static func place(
    _ source: any SoundSource, at seconds: Range<Double>, _ path: String
  ) throws(MediaError) -> Int {
    // A part's bounds may be any numbers; none beyond the longest file makes a difference.
    func frame(_ second: Double) -> Int {
      Int(max(-1, min(1e15, second * Double(source.rate))).rounded())
    }
    let start = frame(seconds.lowerBound)
    let wanted = frame(seconds.upperBound) - start
    guard start >= 0, wanted > 0 else { throw MediaError(path, "a part of zero length") }
    guard start + wanted <= source.frames, source.seek(to: start) else {
      throw MediaError(
        path, "ends after \(source.frames) samples, before those from \(start) to \(start + wanted)"
      )
    }
    return wanted
  }

  /// Reads the next `frames` of a file, or all that are left, and gives them to `take` in blocks,
  /// averaged over channels. Returns how many there were: a header's count is not trusted.
  private static func mixed(
    _ source: any SoundSource, frames: Int, _ path: String,
    _ take: (UnsafeBufferPointer<Float>) throws(MediaError) -> Void
  ) throws(MediaError) -> Int {
    let channels = source.channels
    // A header may name a thousand channels: the block is of so many values, not frames.
    let most = max(1, 131_072 / channels)
    let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: most * channels)
    defer { block.deallocate() }
    var count = 0
    while count < frames {
      let got = try source.read(block.baseAddress!, frames: min(most, frames - count))
      guard got > 0 else { break }
      if channels > 1 {
        for frame in 0..<got {
          var sum: Float = 0
          for channel in 0..<channels { sum += block[frame * channels + channel] }
          block[frame] = sum / Float(channels)
        }
      }
      let mixed = UnsafeBufferPointer(rebasing: block[..<got])
      guard mixed.allSatisfy(\.isFinite) else {
        throw MediaError(path, "holds values that are not finite")
      }
      try take(mixed)
      count += got
    }
    return count
  }

  /// Samples a second that a sound may have: what is beyond is a damaged header, and would become
  /// hours of noise or none at all.
  static let rates = 1_000...1_000_000

  /// The sound at another rate (`Resampler`). The length is rounded to the nearest; a sound that is
  /// too short to leave a sample is an error.
  public func resampled(to rate: Int) throws(MediaError) -> Sound {
    guard rate != self.rate else { return self }
    let resampler = try Resampler(from: self.rate, to: rate)
    var result: [Float] = []
    let whole: Result<Void, MediaError> = samples.withUnsafeBufferPointer { samples in
      Result { () throws(MediaError) in try resampler.add(samples, to: &result) }
    }
    try whole.get()
    try resampler.finish(&result)
    guard !result.isEmpty else { throw MediaError("resampling", Self.tooShort(at: rate)) }
    return Sound(samples: result, rate: rate)
  }

  private static func tooShort(at rate: Int) -> String {
    "the sound is less than one sample long at \(rate) Hz"
  }
}
