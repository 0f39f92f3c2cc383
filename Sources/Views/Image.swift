import Catalogues
import Kernels

/// Images: crops, colour jitter, grey, blur and flip for training, a centre crop for evaluation
/// (SimCLR's augmentations as the FSSUAVL authors' earlier code has them).
public struct Image: PlugIn, Modality {
  public static let name = "image"
  public static let summary =
    "pictures; views by random crop, colour jitter, grey, Gaussian blur and flip"
  public static let form = SampleForm(.dense, .uint8)
  /// Height, width and the three colours.
  public static let sampleShape: [Int?]? = [nil, nil, 3]
  public static var plainViews: Tree {
    ["jitter": ["probability": 0.0], "grey": 0.0, "blur": ["probability": 0.0]]
  }

  public struct Options: Codable, Sendable {
    /// What is taken from red, green and blue (0–1), and what they are divided by afterwards.
    /// With one channel both become their luminance-weighted means.
    public var mean = [0.491, 0.482, 0.446]
    public var deviation = [0.247, 0.243, 0.261]
    public var crop = Crop()
    public var jitter = Jitter()
    /// Probability that a view loses its colours.
    public var grey = 0.2
    public var blur = Blur()
    /// Probability of a horizontal flip.
    public var flip = 0.5
  }

  public struct Crop: Codable, Sendable {
    /// Share of the image's area, uniform between the two.
    public var area = [0.2, 1.0]
    /// Width to height, log-uniform between the two.
    public var aspect = [0.75, 4.0 / 3.0]
  }

  public struct Jitter: Codable, Sendable {
    public var probability = 0.8
    /// Factors are uniform in [1 − s, 1 + s].
    public var brightness = 0.4
    public var contrast = 0.4
    public var saturation = 0.4
    /// Shift of the hue, uniform in [−h, h] of the colour circle, h at most 0.5.
    public var hue = 0.1
  }

  public struct Blur: Codable, Sendable {
    public var probability = 0.5
    /// Standard deviation in pixels of the view, uniform between the two.
    public var sigma = [0.1, 2.0]
    /// Width of the kernel in pixels, odd. 0 takes SimCLR's tenth of the side: 13 at 128, 23 at
    /// 224.
    public var kernel = 0
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "mean": "what is taken from red, green and blue (0 to 1)",
    "deviation": "what they are divided by afterwards",
    "crop.area": "share of the image's area, from and to",
    "crop.aspect": "width to height, from and to",
    "jitter.probability": "of changed colours",
    "jitter.brightness": "factors are within 1 - s and 1 + s",
    "jitter.contrast": "likewise",
    "jitter.saturation": "likewise",
    "jitter.hue": "greatest shift of the hue, of the colour circle",
    "grey": "probability that a view loses its colours",
    "blur.probability": "of a blur",
    "blur.sigma": "its standard deviation in pixels of the view, from and to",
    "blur.kernel": "width of its kernel in pixels, odd; 0 takes a tenth of the side",
    "flip": "probability of a horizontal flip",
  ]

  let options: Options

  public init(_ options: Options) throws {
    try checkRange(options.crop.area, "crop.area", above: 0, upTo: 1)
    try checkRange(options.crop.aspect, "crop.aspect", above: 0.01, upTo: 100)
    try checkRange(options.blur.sigma, "blur.sigma", above: 0, upTo: 1000)
    for (key, value) in [
      ("jitter.probability", options.jitter.probability), ("grey", options.grey),
      ("blur.probability", options.blur.probability), ("flip", options.flip),
      ("jitter.brightness", options.jitter.brightness),
      ("jitter.contrast", options.jitter.contrast),
      ("jitter.saturation", options.jitter.saturation),
    ] { try ConfigurationError.share(key, value) }
    guard (0...0.5).contains(options.jitter.hue) else {
      throw ConfigurationError("jitter.hue", "\(options.jitter.hue) is not between 0 and 0.5")
    }
    guard options.mean.count == 3 else {
      throw ConfigurationError("mean", "needs three numbers: red, green, blue")
    }
    guard options.deviation.count == 3, options.deviation.allSatisfy({ $0 > 0 }) else {
      throw ConfigurationError("deviation", "needs three numbers above 0: red, green, blue")
    }
    let kernel = options.blur.kernel
    guard kernel == 0 || (kernel > 0 && kernel % 2 == 1) else {
      throw ConfigurationError(
        "blur.kernel", "\(kernel) is neither odd nor 0 (a tenth of the side)")
    }
    self.options = options
  }

  /// Nothing: the constants of normalisation are options.
  public func makeTally() -> ((Sample) -> [Double])? { nil }
  public func statistics(ofSums sums: [Double]) -> [String: Double] { [:] }

  public func check(_ shape: ViewShape) throws { try checkPicture(shape) }

  public func makeViews(
    shape: ViewShape, statistics: [String: Double], kernels: MotetKernels
  ) throws -> any ViewMaker {
    try check(shape)
    guard kernelWidth(side: shape.side) / 2 < shape.side else {
      throw ConfigurationError(
        "blur.kernel",
        "\(options.blur.kernel) is too wide for views of side \(shape.side); at most \(2 * shape.side - 1)"
      )
    }
    return ImageViews(options, shape, kernel: kernelWidth(side: shape.side), kernels)
  }

  private func kernelWidth(side: Int) -> Int {
    options.blur.kernel > 0 ? options.blur.kernel : 2 * (side / 20) + 1
  }
}

/// Throws unless `range` is two numbers in order, above `lower` and at most `upper`.
func checkRange(_ range: [Double], _ key: String, above lower: Double, upTo upper: Double) throws {
  guard range.count == 2, range[0] <= range[1], range[0] > lower, range[1] <= upper else {
    throw ConfigurationError(
      key, "\(range) is not [least, greatest] above \(lower) and at most \(upper)")
  }
}

/// Throws unless views of a shape are pictures, grey or in colour.
func checkPicture(_ shape: ViewShape) throws {
  guard shape.side > 0 else {
    throw ConfigurationError("side", "\(shape.side) is not above 0")
  }
  guard shape.channels == 1 || shape.channels == 3 else {
    throw ConfigurationError("channels", "\(shape.channels) is neither 1 nor 3")
  }
}
