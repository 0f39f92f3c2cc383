import Digests

/// The content of an event file, as TensorBoard reads it.
///
/// Records are TensorFlow's (TFRecord): length (8 bytes), its checksum (4), the message, its
/// checksum (4), all little-endian. The messages, in the numbers of tensorflow/tsl's
/// `event.proto` and `summary.proto`:
///
/// ```
/// message Event   { double wall_time = 1; int64 step = 2;
///                   oneof what { string file_version = 3; Summary summary = 5; } }
/// message Summary { message Value { string tag = 1; float simple_value = 2;
///                                   TensorProto tensor = 8; SummaryMetadata metadata = 9; }
///                   repeated Value value = 1; }
/// message SummaryMetadata { message PluginData { string plugin_name = 1; }
///                           PluginData plugin_data = 1; }
/// message TensorProto { DataType dtype = 1; TensorShapeProto tensor_shape = 2;
///                       repeated bytes string_val = 8; }
/// ```
struct EventFile {
  private(set) var bytes: [UInt8] = []

  /// - Parameter time: of the first event, in seconds since 1970.
  init(time: Double) {
    add(time: time, step: 0) { $0.add(3, text: "brain.Event:2") }
  }

  /// Numbers of one step, by their tags.
  mutating func add(time: Double, step: Int, scalars: [(tag: String, value: Float)]) {
    add(time: time, step: step) { event in
      event.add(5) { summary in
        for scalar in scalars {
          summary.add(1) { value in
            value.add(1, text: scalar.tag)
            value.add(2, float: scalar.value)
          }
        }
      }
    }
  }

  /// A text in Markdown, before the first step.
  mutating func add(time: Double, tag: String, markdown: String) {
    let string = 7  // DT_STRING
    add(time: time, step: 0) { event in
      event.add(5) { summary in
        summary.add(1) { value in
          value.add(1, text: tag)
          value.add(8) { tensor in
            tensor.add(1, whole: string)
            tensor.add(2) { _ in }  // The shape of a single value.
            tensor.add(8, text: markdown)
          }
          value.add(9) { metadata in metadata.add(1) { $0.add(1, text: "text") } }
        }
      }
    }
  }

  private mutating func add(time: Double, step: Int, _ what: (inout ProtobufMessage) -> Void) {
    var event = ProtobufMessage()
    event.add(1, double: time)
    // A field that is 0 is left out.
    if step != 0 { event.add(2, whole: step) }
    what(&event)
    let length = withUnsafeBytes(of: UInt64(event.bytes.count).littleEndian) { Array($0) }
    for part in [length, event.bytes] {
      bytes += part
      withUnsafeBytes(of: Self.maskedChecksum(part).littleEndian) { bytes += $0 }
    }
  }

  /// Rotated, and a constant added: the checksum of bytes that hold checksums is a poor one.
  private static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
    let sum = CRC32C.of(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
