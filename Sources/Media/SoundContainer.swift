import Foundation

/// The kinds of files that libsndfile reads, as far as their first bytes tell, and what it passes
/// over without a word: that a file ends before its header says, and that several were joined, of
/// which it would read the first.
enum SoundContainer {
  case wave, long, sony, aiff, sun, flac, ogg, other

  /// Nil where the bytes are of none of them.
  init?(_ head: FileHead) {
    func has(_ text: String, at: Int = 0) -> Bool {
      head.bytes.dropFirst(at).starts(with: text.utf8)
    }
    if has("RIFF"), has("WAVE", at: 8) {
      self = .wave
    } else if has("RF64"), has("WAVE", at: 8) {
      self = .long
    } else if has("riff") {
      self = .sony
    } else if has("FORM"), has("AIF", at: 8) {
      self = .aiff
    } else if has(".snd") {
      self = .sun
    } else if has("fLaC") {
      self = .flac
    } else if has("OggS") {
      self = .ogg
    } else if ["RIFX", "caff", "Creative Voice File", "NIST_1A"].contains(where: {
      has($0)
    }) {
      self = .other
    } else {
      return nil
    }
  }

  /// Throws where the file is cut or joined in a way that decoding it would not show.
  func check(_ path: String) throws(MediaError) {
    let (file, size) = try openFile(path)
    defer { fclose(file) }
    let reader = ContainerReader(path: path, file: file, size: size)
    switch self {
    case .wave: try reader.checkWave()
    case .long: try reader.checkLongWave()
    case .sony: try reader.checkSonyWave()
    case .aiff: try reader.checkAIFF()
    case .sun: try reader.checkSun()
    case .flac: try reader.checkFLAC()
    case .ogg: try reader.checkOgg()
    case .other: break
    }
  }
}
