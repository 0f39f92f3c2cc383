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

  /// Decodes any file that libsndfile reads; several channels are averaged to one. A sound without
  /// samples, one that ends before its header says, and one with values that are no numbers are
  /// errors.
  public static func read(_ path: String) throws(MediaError) -> Sound {
    try checkRIFFLength(path)
    var info = SF_INFO()
    guard let file = sf_open(path, Int32(SFM_READ), &info) else {
      throw MediaError(path, "unreadable sound (\(String(cString: sf_strerror(nil))))")
    }
    defer { sf_close(file) }
    let channels = Int(info.channels)
    guard info.frames > 0 else { throw MediaError(path, "a sound of zero length") }
    var samples: [Float] = []
    var block = [Float](repeating: 0, count: 65_536 * channels)
    // MP3 and damaged files may hold fewer frames than announced, so the count is not trusted.
    while true {
      let frames = Int(sf_readf_float(file, &block, 65_536))
      guard frames > 0 else { break }
      if channels == 1 {
        samples.append(contentsOf: block[0..<frames])
      } else {
        for frame in 0..<frames {
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
    let isMP3 = info.format & Int32(SF_FORMAT_TYPEMASK) == Int32(SF_FORMAT_MPEG)
    guard isMP3 || samples.count >= Int(info.frames) else {
      throw MediaError(path, "ends after \(samples.count) of \(info.frames) samples")
    }
    guard samples.allSatisfy(\.isFinite) else {
      throw MediaError(path, "holds values that are not finite")
    }
    return Sound(samples: samples, rate: Int(info.samplerate))
  }

  /// The sound at another rate, by libsoxr at its high quality (passband to 91 % of the lower
  /// rate's half, stopband beyond 20 bits). The length is rounded up.
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
