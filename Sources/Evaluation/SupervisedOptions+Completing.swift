import Catalogues
import Training

extension SupervisedOptions {
  /// Keys that files had when there was no optimizer but SGD.
  private static let beside = OptionsBeside(["momentum", "nesterov", "weight_decay"])

  /// Settings of a task that has these options, with every default filled in. Options of the usual
  /// optimizer have the defaults of this task, those of another its own.
  /// - Parameter defaults: all that the task has, these options among them.
  public static func complete(_ given: Tree, on defaults: Tree) throws -> Tree {
    try beside.naming(given) {
      var settings = try beside.folded(given).without(beside.keys)
      let optimizer = try ConfigurationError.inside("optimizer") {
        let resolved = try Self.optimizer(
          settings.take("optimizer"), usual: defaults["optimizer"] ?? [:])
        // Numbers that cannot be are said here, where their key is known.
        _ = try optimizers.make(resolved)
        return resolved
      }
      return try settings.overlaid(on: defaults.with(["optimizer": [:]]))
        .with(["optimizer": optimizer])
    }
  }

  private static func optimizer(_ given: Tree?, usual: Tree) throws -> Tree {
    guard let given else { return try optimizers.resolve(usual) }
    guard given.mapping != nil || given.text != nil else { return try optimizers.resolve(given) }
    let options = given.text == nil ? given : ["name": given]
    guard options["name"] == nil || options["name"] == usual["name"] else {
      return try optimizers.resolve(options)
    }
    return try optimizers.resolve(usual.with(options))
  }
}
