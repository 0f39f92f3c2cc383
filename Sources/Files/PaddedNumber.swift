/// A number as names of files have it, with zeros before it up to `width` digits, so that names
/// sort as their numbers do: `000012`.
public func padded(_ number: Int, to width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
