import CSndFile
import CSoxr
import Foundation

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

  /// Decodes any file that libsndfile reads, or a part of it; several channels are averaged to one.
  /// A sound without samples, one that ends before its header (or the part) says, and one with
  /// values that are no numbers are errors.
  /// - Parameter seconds: the part, its bounds rounded to samples of the file's rate.
  public static func read(
    _ path: String, seconds: Range<Double>? = nil
  ) throws(MediaError) -> Sound {
    try checkRIFFLength(path)
    var info = SF_INFO()
    let file = try openSound(path, &info)
    defer { sf_close(file) }
    let rate = Int(info.samplerate)
    guard rates.contains(rate) else {
      throw MediaError(
        path,
        "says \(rate) samples a second; sounds of \(rates.lowerBound) to \(rates.upperBound) are read"
      )
    }
    guard info.frames > 0 else { throw MediaError(path, "a sound of zero length") }
    var wanted = Int.max
    if let seconds {
      // A part's bounds may be any numbers; none beyond the longest file makes a difference.
      func frame(_ second: Double) -> Int {
        Int(max(-1, min(1e15, second * Double(rate))).rounded())
      }
      let start = frame(seconds.lowerBound)
      wanted = frame(seconds.upperBound) - start
      guard start >= 0, wanted > 0 else { throw MediaError(path, "a part of zero length") }
      guard start + wanted <= Int(info.frames),
        sf_seek(file, sf_count_t(start), SEEK_SET) == sf_count_t(start)
      else {
        throw MediaError(
          path,
          "ends after \(Int(info.frames)) samples, before those from \(start) to \(start + wanted)")
      }
    }
    let samples = try mixed(file, channels: Int(info.channels), frames: wanted, path)
    let isMP3 = info.format & Int32(SF_FORMAT_TYPEMASK) == Int32(SF_FORMAT_MPEG)
    let expected = min(wanted, Int(info.frames))
    guard isMP3 || samples.count >= expected else {
      throw MediaError(path, "ends after \(samples.count) of \(expected) samples")
    }
    guard samples.allSatisfy(\.isFinite) else {
      throw MediaError(path, "holds values that are not finite")
    }
    return Sound(samples: samples, rate: rate)
  }

  /// The next `frames` of a file, or all that are left, averaged over channels. MP3 and damaged
  /// files may hold fewer than announced, so the header's count is not trusted.
  private static func mixed(
    _ file: OpaquePointer, channels: Int, frames: Int, _ path: String
  ) throws(MediaError) -> [Float] {
    var samples: [Float] = []
    // A header may name a thousand channels: the block is of so many values, not frames.
    let most = max(1, 131_072 / channels)
    var block = [Float](repeating: 0, count: most * channels)
    while samples.count < frames {
      let got = Int(sf_readf_float(file, &block, sf_count_t(min(most, frames - samples.count))))
      guard got > 0 else { break }
      if channels == 1 {
        samples.append(contentsOf: block[0..<got])
      } else {
        for frame in 0..<got {
          var sum: Float = 0
          for channel in 0..<channels { sum += block[frame * channels + channel] }
          samples.append(sum / Float(channels))
        }
      }
    }
    let error = sf_error(file)
    guard error == 0 else {
      throw MediaError(path, "damaged sound (\(String(cString: sf_error_number(error))))")
    }
    guard !samples.isEmpty else { throw MediaError(path, "a sound of zero length") }
    return samples
  }

  /// Samples a second that a sound may have: what is beyond is a damaged header, and would become
  /// hours of noise or none at all.
  static let rates = 1_000...1_000_000

  /// libsndfile keeps why it could not open a file in one place for all threads: whoever wants to
  /// read it there opens once more while no other does.
  private static func openSound(
    _ path: String, _ info: inout SF_INFO
  ) throws(MediaError) -> OpaquePointer {
    openings.share()
    let file = sf_open(path, Int32(SFM_READ), &info)
    openings.end()
    if let file { return file }
    openings.exclude()
    defer { openings.end() }
    info = SF_INFO()
    if let file = sf_open(path, Int32(SFM_READ), &info) { return file }
    throw MediaError(path, "unreadable sound (\(String(cString: sf_strerror(nil))))")
  }

  private static let openings = SharedLock()

  /// The sound at another rate, by libsoxr at its high quality (passband to 91 % of the lower
  /// rate's half, stopband beyond 20 bits). The length is rounded to the nearest; a sound that is
  /// too short to leave a sample is an error.
  public func resampled(to rate: Int) throws(MediaError) -> Sound {
    guard rate != self.rate else { return self }
    precondition(rate > 0 && self.rate > 0)
    let room = Int((Double(samples.count) * Double(rate) / Double(self.rate)).rounded(.up)) + 1
    var result = [Float](repeating: 0, count: room)
    var consumed = 0
    var produced = 0
    var format = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
    var quality = soxr_quality_spec(UInt(SOXR_HQ), 0)
    var runtime = soxr_runtime_spec(1)
    let failure = soxr_oneshot(
      Double(self.rate), Double(rate), 1, samples, samples.count, &consumed, &result, room,
      &produced, &format, &quality, &runtime)
    if let failure { throw MediaError("resampling", String(cString: failure)) }
    guard produced > 0 else {
      throw MediaError(
        "resampling", "the sound is less than one sample long at \(rate) Hz")
    }
    result.removeLast(room - produced)
    return Sound(samples: result, rate: rate)
  }

  /// libsndfile shortens a WAV file whose data end early without a word; this does not. Headers
  /// written to a pipe announce the largest length there is, and are let through.
  private static func checkRIFFLength(_ path: String) throws(MediaError) {
    let file = try openFile(path)
    defer { fclose(file.handle) }
    func bytes(_ count: Int) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: count)
      return fread(&bytes, 1, count, file.handle) == count ? bytes : []
    }
    let header = bytes(12)
    guard header.starts(with: "RIFF".utf8), header[8...].elementsEqual("WAVE".utf8) else { return }
    var at = 12
    while case let chunk = bytes(8), !chunk.isEmpty {
      at += 8
      let length = (0..<4).reduce(0) { $0 | Int(chunk[4 + $1]) << (8 * $1) }
      if chunk.starts(with: "data".utf8) {
        guard file.size - at >= length || length >= 0x7FFF_0000 else {
          throw MediaError(path, "ends after \(file.size - at) of \(length) bytes of sound")
        }
        return
      }
      at += length + length % 2
      fseek(file.handle, at, SEEK_SET)
    }
  }
}
