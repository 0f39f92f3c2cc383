import Catalogues
import Downstream
import Testing

/// What every evaluation task of the catalogue keeps, by its name alone. That a task gives the same
/// bits on any ranks, and does nothing the second time, is shown where runs are (EvaluateTests).
@Suite struct EvaluationConformanceTests {
  private func settings(_ name: String, _ options: Tree = [:]) throws -> Tree {
    let files = try evaluationTasks.fileOptions(of: .text(name)).prefix(1)
    return Tree(files.map { ($0, .text("store.h5")) }).with(["name": .text(name)]).with(options)
  }

  private func error(_ settings: Tree) -> ConfigurationError? {
    do { _ = try EvaluationSpec(settings, relativeTo: "/data") } catch {
      return error as? ConfigurationError
    }
    return nil
  }

  @Test(arguments: evaluationTasks.names) func defaultsResolveToThemselves(name: String) throws {
    let spec = try EvaluationSpec(settings(name), relativeTo: "/data")
    let again = try EvaluationSpec(spec.resolved, relativeTo: "/elsewhere")
    #expect(again.resolved == spec.resolved && again.name == name)
  }

  /// What a task is measured on is an option that names a file: relative to the file that has it,
  /// and missing where it is not said.
  @Test(arguments: evaluationTasks.names) func dataAreFiles(name: String) throws {
    let options = try evaluationTasks.fileOptions(of: .text(name))
    let first = try #require(options.first)
    let spec = try EvaluationSpec(settings(name), relativeTo: "/data")
    #expect(spec.resolved[first]?.text == "/data/store.h5")
    #expect(EvaluationSpec.stores(of: try settings(name)) == ["store.h5"])
    let missing = error(["name": .text(name)])
    #expect(missing?.key == first && missing?.message.hasPrefix("missing") == true, "\(name)")
    for option in options { #expect(spec.resolved[option] != nil, "\(option)") }
  }

  @Test(arguments: evaluationTasks.names) func unknownOptionsAreNamed(name: String) throws {
    let found = try error(settings(name, ["colour": 1]))
    #expect(found?.key == "colour", "\(name)")
  }
}
