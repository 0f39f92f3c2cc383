import Catalogues
import Tensors

/// Each client has samples of just so many classes, as EasyFL has it
/// (easyfl/datasets/simulation.py, `non_iid_class`; the setting of FedU and FedEMA, 2 classes a
/// client): the classes are dealt to the clients in turn, and the samples of a class, shuffled, go
/// in equal parts to the clients that it was dealt to. These are not the shards of McMahan et al.
/// (arXiv 1602.05629), whose clients get two of 2K slices of the samples sorted by class, so that a
/// client may have one class or three.
///
/// Differences from EasyFL's code: it cuts every class into ⌈nK/C⌉ parts and leaves unused those
/// that nobody gets, where C classes do not divide nK; here a class has as many parts as clients,
/// so that every sample has a client. And a class of fewer samples than parts leaves the last of
/// its clients without it.
public struct Classes: Partitioner, PlugIn {
  public struct Options: Codable, Sendable {
    public var perClient = 2
    /// EasyFL deals the classes in the order of their numbers.
    public var shuffle = false

    enum CodingKeys: String, CodingKey {
      case shuffle
      case perClient = "per_client"
    }
  }

  public static let name = "classes"
  public static let summary = "so many classes a client, in equal parts (EasyFL, FedU, FedEMA)"
  public static let defaults = Options()
  public static let meanings = [
    "per_client": "classes that a client has",
    "shuffle": "deal the classes in an order drawn by seed, not in that of their numbers",
  ]
  private let options: Options

  public init(_ options: Options) throws {
    try ConfigurationError.check("per_client", options.perClient, in: 1...1_000_000)
    self.options = options
  }

  public func assign(_ samples: PartitionInput) throws(ConfigurationError) -> [Int] {
    let members = samples.samplesByClass()
    // A split may lack classes that others have.
    let present = members.indices.filter { !members[$0].isEmpty }
    let slots = options.perClient * samples.clients
    guard present.count >= options.perClient || present.isEmpty else {
      throw ConfigurationError(
        "per_client",
        "\(samples.modality) has samples of \(counted(present.count, "class")), fewer than "
          + "\(options.perClient) a client; lower it to at most \(present.count)")
    }
    guard slots >= present.count else {
      let least = (present.count + samples.clients - 1) / samples.clients
      throw ConfigurationError(
        "per_client",
        "\(counted(samples.clients, "client")) of \(counted(options.perClient, "class")) "
          + "\(samples.clients == 1 ? "leaves" : "leave") out "
          + "\(present.count - slots) of the \(counted(present.count, "class")) of \(samples.modality); raise "
          + "it to at least \(least), or the number of clients")
    }
    var order = present
    if options.shuffle {
      var random = samples.stream()
      order = random.permutation(present.count).map { present[$0] }
    }
    var assignment = [Int](repeating: 0, count: samples.labels.count)
    for (place, label) in order.enumerated() {
      // Slot s is client s / n's; it is class s mod C's.
      let holders = stride(from: place, to: slots, by: order.count).map { $0 / options.perClient }
      var random = samples.stream(ofClass: label)
      let own = random.permutation(members[label].count).map { members[label][$0] }
      for (part, holder) in holders.enumerated() {
        let range = part * own.count / holders.count..<(part + 1) * own.count / holders.count
        for sample in own[range] { assignment[sample] = holder }
      }
    }
    return assignment
  }
}
