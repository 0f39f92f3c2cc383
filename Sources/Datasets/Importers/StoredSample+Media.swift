import Media

extension StoredSample {
  /// A picture as it is stored: [height, width, 3].
  public init(_ picture: Picture) {
    self = .dense(picture.pixels, shape: [picture.height, picture.width, 3])
  }

  /// A sound as it is stored: at 16 kHz, 16 bits, what is beyond full scale clipped.
  public init(_ sound: Sound) throws {
    let sound = try sound.resampled(to: SampleStore.soundRate)
    self = .ragged(sound.samples.map { Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded()))) })
  }

  /// A JPEG or PNG file, filled into a square of `size` pixels, the middle cut out; 0 leaves it as
  /// it is.
  init(pictureAt path: String, size: Int) throws {
    let picture = try Picture.read(path)
    self.init(size > 0 ? picture.filling(side: size) : picture)
  }

  /// A sound file, or a part of it.
  init(soundAt path: String, seconds: Range<Double>? = nil) throws {
    try self.init(Sound.read(path, seconds: seconds, rate: SampleStore.soundRate))
  }
}
