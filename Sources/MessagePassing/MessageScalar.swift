import CMPI

/// An element type that messages can have.
public protocol MessageScalar: BitwiseCopyable, Sendable {
  static var zero: Self { get }
  static var messageType: CMPIType { get }
}

extension Float: MessageScalar {
  public static var messageType: CMPIType { CMPI_FLOAT }
}
extension Double: MessageScalar {
  public static var messageType: CMPIType { CMPI_DOUBLE }
}
extension Int32: MessageScalar {
  public static var messageType: CMPIType { CMPI_INT32 }
}
extension Int64: MessageScalar {
  public static var messageType: CMPIType { CMPI_INT64 }
}
extension UInt8: MessageScalar {
  public static var messageType: CMPIType { CMPI_BYTE }
}
