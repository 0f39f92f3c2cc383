/// A name as part of a random stream's key: its FNV-1a hash of 32 bits (Fowler, Noll and Vo), so
/// that another name in a catalogue changes no result.
public func streamKey(_ name: String) -> Int {
  Int(name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 })
}
