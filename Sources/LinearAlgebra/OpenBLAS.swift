import COpenBLAS

/// OpenBLAS in this process: on one thread, so that sums have one order whatever the threads of
/// the rest. It chooses its kernels by processor, and those of two kinds of processor may differ in
/// the last bits; the environment's `OPENBLAS_CORETYPE` chooses for it.
public enum OpenBLAS {
  /// Its version and the kernels that it chose, such as `0.3.21, Haswell`.
  public static var build: String {
    let words = String(cString: openblas_get_config()).split(separator: " ")
    let version = words.first { $0.first?.isNumber == true } ?? "of unknown version"
    return "\(version), \(String(cString: openblas_get_corename()))"
  }

  /// Done before the first call of anything.
  private static let setting: Void = openblas_set_num_threads(1)

  static func prepare() { setting }
}
