import Foundation

/// The kinds of files that libsndfile reads here, as far as their first bytes tell, and what it
/// passes over without a word: that a file ends before its header says, and that several were
/// joined, of which it would read the first. Kinds without such a check are not read.
enum SoundContainer {
  case wave(ByteOrder)
  case long, sony, aiff
  case sun(ByteOrder)
  case core, creative, sphere, flac, ogg

  /// Nil where the bytes are of none of them.
  init?(_ head: FileHead) {
    func has(_ text: String, at: Int = 0) -> Bool {
      head.bytes.dropFirst(at).starts(with: text.utf8)
    }
    if has("RIFF"), has("WAVE", at: 8) {
      self = .wave(.little)
    } else if has("RIFX"), has("WAVE", at: 8) {
      self = .wave(.big)
    } else if has("RF64"), has("WAVE", at: 8) {
      self = .long
    } else if has("riff") {
      self = .sony
    } else if has("FORM"), has("AIF", at: 8) {
      self = .aiff
    } else if has(".snd") {
      self = .sun(.big)
    } else if has("dns.") {
      self = .sun(.little)
    } else if has("caff") {
      self = .core
    } else if has("Creative Voice File") {
      self = .creative
    } else if has("NIST_1A") {
      self = .sphere
    } else if has("fLaC") {
      self = .flac
    } else if has("OggS") {
      self = .ogg
    } else {
      return nil
    }
  }

  /// Throws where the file is cut or joined in a way that decoding it would not show.
  /// - Parameter base: where its first bytes are, after tags.
  func check(_ path: String, from base: Int) throws(MediaError) {
    let (file, size) = try openFile(path)
    defer { fclose(file) }
    let reader = ContainerReader(path: path, file: file, size: size, base: base)
    switch self {
    case .wave(let order): try reader.checkWave(order)
    case .long: try reader.checkLongWave()
    case .sony: try reader.checkSonyWave()
    case .aiff: try reader.checkAIFF()
    case .sun(let order): try reader.checkSun(order)
    case .core: try reader.checkCore()
    case .creative: try reader.checkCreative()
    case .sphere: try reader.checkSphere()
    case .flac: try reader.checkFLAC()
    case .ogg: try reader.checkOgg()
    }
  }
}

/// Which byte of a number comes first.
enum ByteOrder { case little, big }
