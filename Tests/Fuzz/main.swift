import Foundation

// Gives mutants of one kind of file to Motet's reader of them, by clang's libFuzzer:
// `fuzz READER FOLDER [libFuzzer's options] CORPUS`. What a reader throws is its answer; a crash, a
// wait, too large an allocation and an answer that no person understands are findings.
// `Tests/Fuzz/campaign.py` makes folders and corpora, and runs all readers.

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ read: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

guard Mutants.given != nil else {
  print(fuzzedReaders.keys.sorted().joined(separator: "\n"))
  exit(CommandLine.arguments.count > 1 ? 1 : 0)
}
// The program's name, and what is libFuzzer's.
let own = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(3)
var arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: own.count + 1)
for (place, text) in own.enumerated() { arguments[place] = strdup(text) }
arguments[own.count] = nil
var count = CInt(own.count)
exit(
  runDriver(&count, &arguments) { bytes, count in
    Mutants.given!.read(UnsafeBufferPointer(start: bytes, count: count))
    return 0
  })
