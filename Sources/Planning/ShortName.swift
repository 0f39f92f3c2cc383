import Catalogues
import Jobs

/// What a plug-in's resolved settings are in few words: its name, and the options that are not its
/// defaults, as in "resnet18 input=64".
func shortName<Product>(
  _ settings: [String: Any], of catalogue: Catalogue<Product>
) throws -> String {
  let name = settings["name"] as? String ?? ""
  let defaults = leaves(reread(try catalogue.entry(named: name).defaults()))
  let own = leaves(reread(settings.filter { $0.key != "name" }))
    .filter { $0.value != defaults[$0.key] }.sorted { $0.key < $1.key }
  return ([name] + own.map { "\($0.key)=\(unquoted($0.value))" }).joined(separator: " ")
}

private func unquoted(_ json: String) -> String { json.filter { $0 != "\"" } }
