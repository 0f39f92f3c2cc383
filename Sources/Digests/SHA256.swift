import CCrypto

/// SHA-256 over bytes that arrive in pieces (FIPS 180-4, by libcrypto).
public final class SHA256 {
  private let context: OpaquePointer

  public init() {
    context = EVP_MD_CTX_new()
    begin()
  }

  private func begin() {
    precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "libcrypto has no SHA-256")
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds `bytes` behind everything added before.
  public func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
  }

  public func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// Bytes of a digest.
  public static let size = 32

  /// The digest's bytes. What is added afterwards begins another.
  public func take() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Self.size)
    precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1)
    begin()
    return digest
  }

  /// The digest as 64 lower-case hexadecimal digits. What is added afterwards begins another.
  public func finish() -> String {
    let digest = take()
    let digits = Array("0123456789abcdef")
    return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// The digest of one text.
  public static func hex(of text: String) -> String {
    let hash = SHA256()
    hash.update(text)
    return hash.finish()
  }
}
