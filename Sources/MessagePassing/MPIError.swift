import CMPI

/// A failed MPI call, in the library's own words.
public struct MPIError: Error, CustomStringConvertible {
  public let call: String
  public let code: Int32

  public var description: String {
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING))
    var length: Int32 = 0
    MPI_Error_string(code, &text, &length)
    let words = String(
      decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(call) failed: \(words)"
  }
}

/// How the processes were started does not make one parallel program.
public struct LaunchError: Error, CustomStringConvertible {
  public let description: String

  public init(description: String) { self.description = description }
}

func check(_ call: StaticString, _ body: () -> Int32) throws(MPIError) {
  let code = body()
  if code != MPI_SUCCESS { throw MPIError(call: "\(call)", code: code) }
}
