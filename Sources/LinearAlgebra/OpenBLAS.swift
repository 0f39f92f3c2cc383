import Foundation

/// OpenBLAS in this process, from its first use on: on one thread, so that sums have one order
/// whatever the threads of the rest. It chooses its kernels by processor, and those of two kinds of
/// processor may differ in the last bits; the environment's `OPENBLAS_CORETYPE` chooses for it.
///
/// It is opened when it is wanted, not linked: it maps memory for every core as it is loaded, and
/// goes on asking, without end, where the system gives none.
public enum OpenBLAS {
  /// Why it cannot be used.
  public struct Missing: Error, CustomStringConvertible {
    public let description: String
  }

  /// Its version and the kernels that it chose, such as `0.3.21, Haswell`.
  public static func build() throws(Missing) -> String {
    let functions = try loaded.get()
    let words = String(cString: functions.config()).split(separator: " ")
    let version = words.first { $0.first?.isNumber == true } ?? "of unknown version"
    return "\(version), \(String(cString: functions.coreName()))"
  }

  /// Throws where it cannot be used: to be called before anything is computed that needs it.
  public static func require() throws(Missing) { _ = try loaded.get() }

  /// For what `require` was called for.
  static var functions: Functions {
    do { return try loaded.get() } catch { preconditionFailure("\(error)") }
  }

  /// Values are by the C interface (CBLAS), or by reference and column by column as Fortran passes
  /// them (LAPACK, names with an underscore), the lengths of texts behind all other arguments.
  struct Functions: Sendable {
    typealias Values = UnsafePointer<Double>
    typealias Results = UnsafeMutablePointer<Double>
    typealias Number = UnsafePointer<Int32>
    typealias Info = UnsafeMutablePointer<Int32>
    typealias Text = UnsafePointer<CChar>

    let config: @convention(c) @Sendable () -> Text
    let coreName: @convention(c) @Sendable () -> Text
    let setThreads: @convention(c) @Sendable (Int32) -> Void
    let dgemm:
      @convention(c) @Sendable (
        _ order: Int32, _ transposeA: Int32, _ transposeB: Int32, _ m: Int32, _ n: Int32,
        _ k: Int32, _ alpha: Double, Values, _ lda: Int32, Values, _ ldb: Int32, _ beta: Double,
        Results, _ ldc: Int32
      ) -> Void
    let dsyrk:
      @convention(c) @Sendable (
        _ order: Int32, _ triangle: Int32, _ transpose: Int32, _ n: Int32, _ k: Int32,
        _ alpha: Double, Values, _ lda: Int32, _ beta: Double, Results, _ ldc: Int32
      ) -> Void
    let dpotrf: @convention(c) @Sendable (Text, Number, Results, Number, Info, Int) -> Void
    let dpotrs:
      @convention(c) @Sendable (
        Text, Number, Number, Values, Number, Results, Number, Info, Int
      ) -> Void
    let dsyevd:
      @convention(c) @Sendable (
        Text, Text, Number, Results, Number, Results, Results, Number, Info, Number, Info, Int, Int
      ) -> Void
    let dgesdd:
      @convention(c) @Sendable (
        Text, Number, Number, Results, Number, Results, Results, Number, Results, Number, Results,
        Number, Info, Info, Int
      ) -> Void
  }

  private static let library = "libopenblas.so.0"
  /// Of address space, which its buffers take.
  private static let room = 256 << 20

  private static let loaded = Result<Functions, Missing>(catching: load)

  private static func load() throws(Missing) -> Functions {
    let probe = mmap(nil, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let probe, probe != MAP_FAILED else {
      throw Missing(description: "OpenBLAS takes some 256 MiB, which the system does not give")
    }
    munmap(probe, room)
    // Before it is loaded, so that it makes no threads and no memory for them.
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
      throw Missing(
        description: "\(library) cannot be loaded (\(String(cString: dlerror()))); install "
          + "libopenblas0, or libopenblas-dev")
    }
    func function<F>(_ name: String) throws(Missing) -> F {
      guard let address = dlsym(handle, name) else {
        throw Missing(description: "\(library) has no \(name); install Debian's libopenblas0")
      }
      return unsafeBitCast(address, to: F.self)
    }
    let functions = Functions(
      config: try function("openblas_get_config"),
      coreName: try function("openblas_get_corename"),
      setThreads: try function("openblas_set_num_threads"),
      dgemm: try function("cblas_dgemm"), dsyrk: try function("cblas_dsyrk"),
      dpotrf: try function("dpotrf_"), dpotrs: try function("dpotrs_"),
      dsyevd: try function("dsyevd_"), dgesdd: try function("dgesdd_"))
    functions.setThreads(1)
    return functions
  }
}

/// What CBLAS calls the order of rows, a matrix as it is or transposed, and a triangle.
enum CBLAS {
  static let rowMajor: Int32 = 101
  static let plain: Int32 = 111
  static let transposed: Int32 = 112
  static let upper: Int32 = 121
}
