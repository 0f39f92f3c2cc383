import Foundation

/// Seconds as hours, minutes and seconds: "1:02:03", "2:03".
public func clock(_ seconds: Double) -> String {
  let whole = Int(min(seconds, 1e9).rounded(.up))
  let (hours, minutes) = (whole / 3600, whole / 60 % 60)
  return hours > 0
    ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
    : String(format: "%d:%02d", minutes, whole % 60)
}
