import Catalogues
import Foundation
import Kernels

/// Sounds at 16 kHz: a random segment as a log-mel spectrogram, low frequencies in row 0, resized
/// to the encoder's input and repeated on its channels.
public struct Audio: PlugIn, Modality {
  public static let name = "audio"
  public static let summary =
    "sounds; views are log-mel spectrograms of random segments, by preset masked or noisy"
  public static let form = SampleForm(.ragged, .int16)
  public static let sampleRate: Int? = 16_000
  public static var plainViews: Tree { ["preset": "crop"] }

  /// What a training view does beyond choosing a segment. With clips hardly longer than a segment,
  /// `crop` alone gives two nearly equal views.
  public enum Preset: String, WordOption {
    /// Nothing (COLA).
    case crop
    /// One frequency mask, one time mask, noise on the spectrogram (viewmaker).
    case spectral
    /// A random part of the segment kept, the rest silent, noise on the signal, in random order
    /// (viewmaker).
    case waveform
    /// What another recording of it would be: another voice's pitch and pace (`SpectrogramCrop`),
    /// another room's noise and another microphone (`RecordingChange`). With `instance` also
    /// another loudness.
    case recording
  }

  /// By which mean and standard deviation a spectrogram is normalised.
  public enum Normalisation: String, WordOption {
    /// The data set's, over its training samples.
    case store
    /// Each view's own.
    case instance
    /// None: values are as the logarithm gives them.
    case none
  }

  /// What the mel filters take of the Fourier transform: its magnitude (COLA) or its square.
  public enum Spectrum: String, WordOption { case magnitude, power }

  /// How the spectrogram lies in the view: frequencies in rows, the lowest or the highest on top,
  /// or in columns, which is COLA's. The paper does not say.
  public enum Orientation: String, WordOption {
    case lowTop = "low-top"
    case highTop = "high-top"
    case timeRows = "time-rows"
  }

  public struct Options: Codable, Sendable {
    public var preset = Preset.spectral
    public var normalisation = Normalisation.store
    /// Length of a segment. Shorter clips are placed in silence.
    public var seconds = 2.0
    /// Mel bands; where a view has another side, they are interpolated linearly.
    public var bins = 128
    /// Lowest and highest frequency of the mel filters, Hz (COLA's; the paper gives none).
    public var frequencies = [60.0, 7800.0]
    /// Samples of a frame and from one to the next (COLA's; the paper gives none).
    public var window = 400
    public var hop = 160
    /// Samples of the Fourier transform; frames are padded to it with zeros (COLA's). Lengths with
    /// no prime factor above 13 are the fastest.
    public var transform = 1024
    public var spectrum = Spectrum.magnitude
    /// Whether the spectrogram is smoothed where it shrinks to the view's side (198 frames to 128).
    /// The paper resizes and does not say how.
    public var antialias = false
    public var orientation = Orientation.lowTop
    /// `spectral`: greatest width of a mask as a share of the axis, 40 of 128.
    public var mask = 0.3125
    /// `spectral`: noise in standard deviations of the spectrogram.
    public var noise = 0.25
    /// `waveform`: share of the segment that is kept, uniform between the two.
    public var keep = [0.08, 1.0]
    /// `waveform`: noise, full scale 1. Default: viewmaker's white noise, 1/√32,000.
    public var hiss = 0.0056
    /// `recording`: bands and frames of the rectangle that is cut from a spectrogram, as shares of
    /// its own, each drawn by itself between the two (BYOL-A's).
    public var scale = [0.6, 1.5]
    /// `recording`: length of what the rectangle is cut from, in lengths of the spectrogram, which
    /// lies in its middle; the rest has the mean (BYOL-A's).
    public var canvas = 1.5
    /// `recording`: how loud the noise is, in standard deviations of the spectrogram from its mean,
    /// uniform between the two.
    public var background = [-2.0, 1.0]
    /// `recording`: greatest gain and loss of a frequency, natural logarithm (1.7: 15 dB).
    public var equaliser = 1.7
    /// Segments, evenly spaced, whose features evaluation averages. 1 takes the middle.
    public var segments = 1
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "preset": "what a training view does: crop, spectral (masks, noise), waveform or recording",
    "normalisation": "by the data set (store), each view (instance), or none",
    "seconds": "length of a segment; shorter clips lie in silence",
    "bins": "mel bands",
    "frequencies": "lowest and highest frequency of the mel filters, Hz",
    "window": "samples of a frame",
    "hop": "samples from one frame to the next",
    "transform": "samples of the Fourier transform, even",
    "spectrum": "what the mel filters take: magnitude or power",
    "antialias": "whether the spectrogram is smoothed where it shrinks to the view",
    "orientation": "how the spectrogram lies: low-top, high-top or time-rows",
    "mask": "spectral: greatest width of a mask, as a share of the axis",
    "noise": "spectral: noise, in standard deviations of the spectrogram",
    "keep": "waveform: share of the segment that is kept, from and to",
    "hiss": "waveform: noise, full scale 1",
    "scale": "recording: bands and frames of what is cut, as shares of all, from and to",
    "canvas": "recording: frames of what it is cut from, in lengths of the spectrogram",
    "background": "recording: noise, in standard deviations from the mean, from and to",
    "equaliser": "recording: greatest gain and loss of a frequency, natural logarithm",
    "segments": "segments whose features evaluation averages",
  ]

  let options: Options
  /// Samples of a segment.
  var samples: Int { Int((options.seconds * LogMel.sampleRate).rounded()) }

  public init(_ options: Options) throws {
    self.options = options
    guard options.spectrum == .magnitude || options.normalisation != .store else {
      throw ConfigurationError(
        "spectrum", "stores have statistics of magnitudes; use normalisation 'instance' or 'none'")
    }
    func check(_ valid: Bool, _ key: String, _ value: some CustomStringConvertible, _ needs: String)
      throws
    {
      guard valid else { throw ConfigurationError(key, "\(value) is not \(needs)") }
    }
    try check(
      (16...8192).contains(options.transform), "transform", options.transform,
      "between 16 and 8192")
    try check(
      (16...options.transform).contains(options.window), "window", options.window,
      "between 16 and the transform's \(options.transform)")
    try check((1...65_536).contains(options.hop), "hop", options.hop, "between 1 and 65536")
    let least = Double(options.window) / LogMel.sampleRate
    try check(
      options.seconds >= least && options.seconds <= 600, "seconds", options.seconds,
      "between one window (\(least) s) and 600")
    try check((2...512).contains(options.bins), "bins", options.bins, "between 2 and 512")
    try checkRange(
      options.frequencies, "frequencies", above: 0, upTo: LogMel.sampleRate / 2)
    try check(
      options.frequencies[0] < options.frequencies[1], "frequencies", options.frequencies,
      "[lowest, highest]")
    try ConfigurationError.share("mask", options.mask)
    try check(options.noise >= 0, "noise", options.noise, "0 or more")
    try check(options.hiss >= 0, "hiss", options.hiss, "0 or more")
    try checkRange(options.keep, "keep", above: 0, upTo: 1)
    try checkRange(options.scale, "scale", above: 0, upTo: 4)
    try check((1...4).contains(options.canvas), "canvas", options.canvas, "between 1 and 4")
    let background = options.background
    try check(
      background.count == 2 && background[0] <= background[1]
        && background.allSatisfy { abs($0) <= 100 },
      "background", background, "[least, greatest] between -100 and 100")
    try check(
      (0...20).contains(options.equaliser), "equaliser", options.equaliser, "between 0 and 20")
    try check((1...1000).contains(options.segments), "segments", options.segments, "1 to 1000")
  }

  /// Count, sum and sum of squares of the log-mel values of the sample's middle segment.
  public func makeTally() -> ((Sample) -> [Double])? {
    let spectra = AudioSegments(self)
    return { sample in
      let segment = spectra.evaluation(sample, index: 0, of: 1)
      var sum = 0.0
      var squares = 0.0
      for band in 0..<segment.bands {
        for frame in 0..<segment.frames {
          let value = Double(segment.values[band * segment.stride + frame])
          sum += value
          squares += value * value
        }
      }
      return [Double(segment.bands * segment.frames), sum, squares]
    }
  }

  /// `mean` and `deviation` of the log-mel values, and the `bins` for which they hold.
  public func statistics(ofSums sums: [Double]) -> [String: Double] {
    guard let values = sums.first, values > 0 else { return [:] }
    let mean = sums[1] / values
    let variance = max(0, sums[2] / values - mean * mean)
    return ["mean": mean, "deviation": variance.squareRoot(), "bins": Double(options.bins)]
  }

  /// Those of the spectrogram. Masks and noise come after it.
  public var statisticsOptions: Tree {
    guard options.normalisation == .store else { return [:] }
    return [
      "seconds": .number(options.seconds), "bins": .whole(options.bins),
      "frequencies": .list(options.frequencies.map { .number($0) }),
      "window": .whole(options.window), "hop": .whole(options.hop),
      "transform": .whole(options.transform), "spectrum": .text(options.spectrum.rawValue),
    ]
  }

  public func check(_ shape: ViewShape) throws { try checkPicture(shape) }

  public func makeViews(
    shape: ViewShape, statistics: [String: Double], kernels: MotetKernels
  ) throws -> any ViewMaker {
    try check(shape)
    var mean: Float = 0
    var deviation: Float = 1
    if options.normalisation == .store {
      guard let m = statistics["mean"], let d = statistics["deviation"] else {
        throw ConfigurationError(
          "normalisation",
          "the store has no statistics of its spectrograms; import it again, or use 'instance'")
      }
      let bins = statistics["bins"] ?? Double(options.bins)
      guard bins == Double(options.bins) else {
        throw ConfigurationError(
          "bins",
          "the store's statistics are those of \(String(format: "%g", bins)) bins, not of \(options.bins); use these, or normalisation 'instance'"
        )
      }
      guard d >= 0 else {
        throw ConfigurationError(
          "normalisation", "the store's 'deviation' is \(d), which is below 0; import it again")
      }
      mean = Float(m)
      // Nothing but silence: every value is the mean.
      deviation = d > 0 ? Float(d) : 1
    }
    return AudioViews(self, shape, mean: mean, deviation: deviation, kernels)
  }
}
