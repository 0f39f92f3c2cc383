import Training

extension Job {
  /// What the keys of a job mean by section, for `motet describe`; those of the whole file are the
  /// section "". A key that names a plug-in says so: the plug-in's own options are in its
  /// catalogue.
  public static let meanings: [(section: String, meanings: [String: String])] = [
    (
      "",
      [
        "name": "of the job; where not given, the file's",
        "seed": "of everything random",
        "data": "a sample store for each modality",
        "clients": "how samples become clients",
        "encoder": "an encoder",
        "method": "a method",
        "training": "what a client does in a round",
        "federation": "what happens to the clients' models",
        "monitor": "what is measured while the run goes on",
        "views": "options for each modality",
        "shards": "the folder of the clients' samples",
        "results": "the folder of the run's files",
      ]
    ),
    ("clients", ClientOptions.meanings),
    (
      "training",
      TrainingOptions.meanings.merging(["optimizer": "an optimizer"]) { $1 }
    ),
    (
      "federation",
      FederationOptions.meanings.merging([
        "aggregator": "an aggregator", "schedule": "a client schedule",
      ]) { $1 }
    ),
    ("monitor", MonitorOptions.meanings),
  ]
}
