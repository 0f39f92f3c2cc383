import CBuild
import CHDF5

/// Which Motet this is.
public enum MotetBuild {
  /// The version that is written into files.
  public static let version = "0.1.0"

  /// The commit and the compilers: "3a8110012345, Swift 6.3.2, Clang 21.0.0". `make build` says the
  /// commit, with "-dirty" where files differ from it.
  public static var source: String {
    let said = String(cString: cbuild_source())
    // "Clang 21.0.0 (https://…)".
    let compiler = String(cString: cbuild_compiler()).split(separator: " ").prefix(2)
    return (said.isEmpty ? "unknown commit" : said) + ", " + compiler.joined(separator: " ")
  }

  /// The version of the HDF5 library.
  public static var hdf5: String {
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    H5get_libversion(&major, &minor, &release)
    return "\(major).\(minor).\(release)"
  }
}
