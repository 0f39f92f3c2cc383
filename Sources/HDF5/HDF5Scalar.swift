import CHDF5

/// An element type that data sets can have: in memory and in the file (little-endian).
public protocol HDF5Scalar: BitwiseCopyable, Sendable {
  static var zero: Self { get }
  static var memoryType: hid_t { get }
  static var fileType: hid_t { get }
}

extension Float: HDF5Scalar {
  public static var memoryType: hid_t { chdf5_native_float() }
  public static var fileType: hid_t { chdf5_f32le() }
}
extension Double: HDF5Scalar {
  public static var memoryType: hid_t { chdf5_native_double() }
  public static var fileType: hid_t { chdf5_f64le() }
}
extension Int64: HDF5Scalar {
  public static var memoryType: hid_t { chdf5_native_int64() }
  public static var fileType: hid_t { chdf5_i64le() }
}
extension Int32: HDF5Scalar {
  public static var memoryType: hid_t { chdf5_native_int32() }
  public static var fileType: hid_t { chdf5_i32le() }
}
extension Int16: HDF5Scalar {
  public static var memoryType: hid_t { chdf5_native_int16() }
  public static var fileType: hid_t { chdf5_i16le() }
}
extension UInt8: HDF5Scalar {
  public static var memoryType: hid_t { chdf5_native_uint8() }
  public static var fileType: hid_t { chdf5_u8le() }
}
