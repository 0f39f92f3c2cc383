/// Throws at `key` where an option's value is not what it has to be.
public func require(
  _ condition: Bool, _ key: String, _ message: @autoclosure () -> String
) throws(ConfigurationError) {
  if !condition { throw ConfigurationError(key, message()) }
}
