import Catalogues

/// What a plug-in's resolved settings are in few words: its name, and the options that are not its
/// defaults, as in "resnet18 input=64".
func shortName<Product>(
  _ settings: Tree, of catalogue: Catalogue<Product>
) throws -> String {
  let name = settings["name"]?.text ?? ""
  let defaults = try catalogue.entry(named: name).defaults().leaves
  let own = settings.without(["name"]).leaves
    .filter { $0.value != defaults[$0.key] }.sorted { $0.key < $1.key }
  return ([name] + own.map { "\($0.key)=\(unquoted($0.value.json))" }).joined(separator: " ")
}

private func unquoted(_ json: String) -> String { json.filter { $0 != "\"" } }
