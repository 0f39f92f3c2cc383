import CMPI

/// An element type that messages can have.
public protocol MessageScalar: BitwiseCopyable, Sendable {
  static var zero: Self { get }
  static var messageType: MPI_Datatype { get }
}

extension Float: MessageScalar {
  public static var messageType: MPI_Datatype { cmpi_float() }
}
extension Double: MessageScalar {
  public static var messageType: MPI_Datatype { cmpi_double() }
}
extension Int32: MessageScalar {
  public static var messageType: MPI_Datatype { cmpi_int32() }
}
extension Int64: MessageScalar {
  public static var messageType: MPI_Datatype { cmpi_int64() }
}
extension UInt8: MessageScalar {
  public static var messageType: MPI_Datatype { cmpi_byte() }
}
