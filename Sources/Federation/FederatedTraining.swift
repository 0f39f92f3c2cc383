import Catalogues
import Checkpoints
import Foundation
import MessagePassing
import Tensors
import Training

/// Trains a global model over rounds, on all ranks together.
///
/// Rank 0 aggregates, reports and checkpoints; the other ranks train clients. A process alone does
/// both. The global model has the same bits for any number of ranks and any schedule.
public final class FederatedTraining {
  /// What takes part. The same on every rank, but for the trainer's memory.
  public struct Parts {
    public let communicator: Communicator
    public let trainer: any ClientTrainer
    public let aggregator: any Aggregator
    public let schedule: any ClientSchedule
    public let selection: Selection
    /// Each client's number of samples, by id.
    public let samples: [Int]
    /// The same by modality; empty does for algorithms that look at no modality.
    public let modalitySamples: [String: [Int]]
    /// Where clients keep what they keep; nil does for algorithms that keep nothing.
    public let states: ClientStates?
    /// Rank 0's, where the algorithm has the server train; nil elsewhere.
    public let server: (any ServerTrainer)?
    /// Whether the process was asked to end; looked at between clients and after a round's last.
    public let isStopped: () -> Bool
    public let onDivergence: OnDivergence
    /// The layout of the method's second network; nil where it has none.
    public let target: ParameterLayout?
    /// Whether reports say how far clients went apart.
    public let measuresDrift: Bool

    public init(
      communicator: Communicator, trainer: any ClientTrainer, aggregator: any Aggregator,
      schedule: any ClientSchedule, selection: Selection, samples: [Int],
      modalitySamples: [String: [Int]] = [:],
      states: ClientStates? = nil, server: (any ServerTrainer)? = nil,
      isStopped: @escaping () -> Bool = { false },
      onDivergence: OnDivergence = .stop, target: ParameterLayout? = nil,
      measuresDrift: Bool = false
    ) {
      for samples in [samples] + modalitySamples.values {
        precondition(samples.count == selection.clients, "\(samples.count) clients' samples")
      }
      self.communicator = communicator
      self.trainer = trainer
      self.aggregator = aggregator
      self.schedule = schedule
      self.selection = selection
      self.samples = samples
      self.modalitySamples = modalitySamples
      self.states = states
      self.server = server
      self.isStopped = isStopped
      self.onDivergence = onDivergence
      self.target = target
      self.measuresDrift = measuresDrift
    }
  }

  let parts: Parts
  /// The global model: on rank 0 always, elsewhere as of the last broadcast.
  public let global: ParameterVector
  /// The last complete round; 0 before the first.
  public private(set) var completed: Int
  /// Rank 0's: the algorithm's vectors, to be saved with the model. Empty elsewhere.
  public let serverState: [String: ParameterVector]
  /// Rank 0's: which file has what each client keeps, to be saved with the model.
  public private(set) var kept: [Int: KeptState]
  private let channels: Channels
  /// What rank 0 broadcasts beside the model: its own vectors there.
  private let received: [String: ParameterVector]
  private let sum: ExactSum
  /// The sums of what clients send beside their models.
  private let sent: [String: ExactSum]
  private let drift: Drift?
  /// Nil where no client's weight depends on the others.
  private let mix: RoundMix?

  /// Throws `ConfigurationError` where the aggregator cannot be used with such a model.
  /// - Parameters:
  ///   - global: the model after round `completed`; rank 0's counts.
  ///   - kept: what clients keep after that round; rank 0's counts.
  public init(
    _ parts: Parts, global: ParameterVector, completed: Int = 0, kept: [Int: KeptState] = [:]
  ) throws {
    self.parts = parts
    self.global = global
    self.completed = completed
    self.kept = kept
    channels = try parts.aggregator.channels(global.layout, target: parts.target)
    precondition(channels.kept.isEmpty || parts.states != nil, "nowhere to keep client states")
    let isRoot = parts.communicator.rank == 0
    precondition(
      !isRoot || parts.aggregator.serverTraining == nil || parts.server != nil,
      "nobody to train on the server's samples")
    let state = isRoot ? channels.server.mapValues { ParameterVector($0) } : [:]
    if isRoot { parts.aggregator.start(state) }
    serverState = state
    received =
      isRoot
      ? state.filter { [channels] in channels.broadcast.contains($0.key) }
      : channels.received.mapValues { ParameterVector($0) }
    let communicator = parts.communicator
    sum = try ExactSum(global.layout, on: communicator)
    // In the same order on every rank.
    sent = try Dictionary(
      uniqueKeysWithValues: channels.sent.sorted { $0.key < $1.key }.map {
        ($0.key, try ExactSum($0.value, on: communicator))
      })
    drift = parts.measuresDrift ? try Drift(global.layout, on: communicator) : nil
    mix = try parts.aggregator.mixing.map { mixing in
      guard let states = parts.states else { preconditionFailure("nowhere to hold models") }
      return try RoundMix(mixing, states, parts.communicator)
    }
  }

  /// Whether the ranks of a node add to one sum, as they do unless it has no memory for that.
  public var isSumShared: Bool { sum.isShared }

  /// The ranks that train: all but rank 0, unless it is alone.
  public static func workers(of communicator: Communicator) -> Range<Int> {
    communicator.size == 1 ? 0..<1 : 1..<communicator.size
  }

  /// One round. All ranks call it; the report is rank 0's, nil elsewhere. Throws `TrainingStopped`
  /// on every rank where one was asked to end: `global` is then still the last complete round's. An
  /// error of one rank's client is thrown on that rank alone, which must abort.
  public func round() throws -> RoundReport? {
    let round = completed + 1
    let communicator = parts.communicator
    var watch = Stopwatch()

    // 1. Select the round's clients, and who trains which. Every rank comes to the same answer.
    let selected = parts.selection.clients(round: round)
    let workers = Self.workers(of: communicator)
    let schedule = parts.schedule.assign(selected, samples: parts.samples, workers: workers.count)
    let total = selected.reduce(0) { $0 + parts.samples[$1] }
    let totals = modalityTotals(selected)
    func terms(_ client: Int) -> ClientTerms {
      ClientTerms(
        round: round, client: client,
        share: total > 0 ? Double(parts.samples[client]) / Double(total) : 0,
        modalityShares: modalityShares(of: [client], in: totals),
        clients: selected.count, population: parts.selection.clients)
    }

    // 2. Broadcast the global model, and what the algorithm has beside it.
    if completed == 0, let server = parts.server {
      try parts.aggregator.prepare(global, server)
    }
    try communicator.broadcast(global.floats)
    for vector in sorted(received) { try communicator.broadcast(vector.floats) }
    let kept = try broadcastKept(selected)
    watch.lap("broadcast")

    // 3. Train own clients, each into this rank's part of the exact sums.
    try sum.zero()
    for sum in sorted(sent) { try sum.zero() }
    try drift?.zero()
    var figures: [ClientFigures] = []
    var isCut = false
    if workers.contains(communicator.rank) {
      do {
        for client in schedule[communicator.rank - workers.lowerBound] {
          if parts.isStopped() { break }
          figures.append(try train(terms(client), kept: kept[client]))
        }
      } catch is TrainingStopped {
        isCut = true
      }
    }
    // All ranks meet here; whoever is done earlier sleeps.
    let stopped = try communicator.maximum(isCut || parts.isStopped() ? 1 : 0) > 0
    watch.lap("training")
    if stopped {
      try mix?.remove()
      throw TrainingStopped()
    }

    // 4. Add the ranks' sums on rank 0.
    let gathered = try gather(figures)
    try mix?.add(
      figures.filter { $0.steps > 0 }.map(\.client), to: sum, from: global,
      trained: gathered?.joined().filter { $0.steps > 0 }.map(\.client).sorted(), round: round
    ) { terms($0).share }
    try sum.reduce(communicator)
    try mix?.remove()
    for sum in sorted(sent) { try sum.reduce(communicator) }
    try drift?.reduce(communicator)
    try addUntrained(gathered?.joined().filter(\.isUntrained).map(\.client) ?? [], terms)
    watch.lap("sum")

    // 5. Rank 0 makes the next global model. Without a single sample, it stays as it is.
    if let clients = gathered?.joined().sorted(by: { $0.client < $1.client }) {
      let share = try shareLeftOut(clients, terms)
      if total > 0, share < 1 { try finish(round, clients, shareLeftOut: share) }
      for client in clients where client.seal != nil {
        self.kept[client.client] = client.seal.map { KeptState(round: round, seal: $0) }
      }
    }
    watch.lap("server")
    completed = round

    // 6. Report.
    return gathered.map { report(round, $0, terms, watch.laps) }
  }

  /// By modality, the samples of some clients; nothing of a modality of which they have none.
  private func modalityTotals(_ clients: [Int]) -> [String: Int] {
    parts.modalitySamples.mapValues { samples in clients.reduce(0) { $0 + samples[$1] } }
      .filter { $0.value > 0 }
  }

  /// By modality, the share of a total that some clients have.
  private func modalityShares(of clients: [Int], in totals: [String: Int]) -> [String: Double] {
    let own = modalityTotals(clients)
    return totals.reduce(into: [:]) { shares, total in
      shares[total.key] = own[total.key].map { Double($0) / Double(total.value) }
    }
  }

  private func train(_ terms: ClientTerms, kept: KeptState?) throws -> ClientFigures {
    let clock = ContinuousClock()
    let start = clock.now
    let update: LocalUpdate
    let outcome: ClientOutcome?
    var seal: String?
    do {
      update = try parts.trainer.train(task(terms, kept: kept))
      outcome = update.state.map { parts.aggregator.end($0, terms) }
      if let outcome {
        if parts.onDivergence == .skip { try check(outcome, terms) }
        seal = try keep(outcome, terms)
      }
    } catch let error as any Divergence where parts.onDivergence == .skip {
      return ClientFigures(
        client: terms.client, samples: parts.samples[terms.client],
        update: LocalUpdate(state: nil, views: 0, losses: [:]), divergence: "\(error)",
        seconds: start.duration(to: clock.now) / .seconds(1))
    } catch  where !(error is TrainingStopped) {
      throw ClientError(round: terms.round, client: terms.client, underlying: error)
    }
    if let outcome {
      if let mix {
        try sum.check(outcome.model, client: terms.client, round: terms.round)
        try mix.hold(outcome.model.vector, client: terms.client)
      } else {
        try sum.add(outcome.model, client: terms.client, round: terms.round)
      }
      precondition(
        outcome.sent.mapValues(\.vector.layout) == channels.sent, "sent \(outcome.sent.keys)")
      for (name, contribution) in outcome.sent {
        try sent[name]?.add(contribution, client: terms.client, round: terms.round)
      }
    }
    let lengths = try update.state.flatMap { try drift?.add($0, terms) }
    return ClientFigures(
      client: terms.client, samples: parts.samples[terms.client], update: update,
      payload: outcome?.payload ?? [], squaredLengths: lengths ?? [], seal: seal,
      seconds: start.duration(to: clock.now) / .seconds(1))
  }

  /// Throws where something that a client sends cannot be added.
  private func check(_ outcome: ClientOutcome, _ terms: ClientTerms) throws {
    try sum.check(outcome.model, client: terms.client, round: terms.round)
    for (name, contribution) in outcome.sent {
      try sent[name]?.check(contribution, client: terms.client, round: terms.round)
    }
  }

  private func task(_ terms: ClientTerms, kept: KeptState?) -> ClientTask {
    ClientTask(
      client: terms.client, round: terms.round, global: global, received: received,
      rule: parts.aggregator,
      loadKept: { [parts, channels] in
        guard let kept, let states = parts.states else { return nil }
        return try states.load(client: terms.client, kept, layouts: channels.kept)
      })
  }

  /// Writes what a client keeps; returns the file's seal, nil where it keeps nothing.
  private func keep(_ outcome: ClientOutcome, _ terms: ClientTerms) throws -> String? {
    guard !channels.kept.isEmpty, let states = parts.states else { return nil }
    precondition(
      outcome.kept.mapValues(\.layout) == channels.kept, "kept \(outcome.kept.keys)")
    return try states.save(outcome.kept, client: terms.client, round: terms.round).seal
  }

  /// Which files have what the round's clients keep: rank 0's list, on all ranks.
  private func broadcastKept(_ selected: [Int]) throws -> [Int: KeptState] {
    guard !channels.kept.isEmpty else { return [:] }
    let own = selected.reduce(into: [:]) { $0[$1] = kept[$1] }
    let text = String(decoding: try JSONEncoder().encode(own), as: UTF8.self)
    return try JSONDecoder().decode(
      [Int: KeptState].self, from: Data(parts.communicator.broadcast(text: text).utf8))
  }

  /// Rank 0: adds the clients that trained no step. All their models are the global one, so it is
  /// added once, with the sums of their weights, which are made in the clients' order.
  private func addUntrained(_ untrained: [Int], _ terms: (Int) -> ClientTerms) throws {
    let clients = untrained.sorted()
    guard let first = clients.first.map(terms) else { return }
    var sums = [Double](repeating: 0, count: global.layout.entries.count)
    for client in clients {
      let weights = parts.aggregator.weights(untrained: global, terms(client))
      for i in sums.indices { sums[i] += weights[i] }
    }
    // Rounding may have carried a sum beyond 1.
    try sum.add(
      Contribution(global, weights: sums.map { max(-1, min(1, $0)) }), client: first.client,
      round: first.round)
  }

  /// Rank 0: the share of the round's samples that clients have who were left out. Throws where
  /// more than half of the clients were: what is left is no round.
  private func shareLeftOut(
    _ clients: [ClientFigures], _ terms: (Int) -> ClientTerms
  ) throws -> Double {
    let left = clients.filter { $0.divergence != nil }
    if 2 * left.count > clients.count, let first = left.first {
      let place = "round \(terms(first.client).round), client \(first.client): "
      let reason = first.divergence ?? ""
      throw DivergedRound(
        description:
          "\(left.count) of the round's \(counted(clients.count, "client")) diverged and "
          + "\(left.count == 1 ? "was" : "were") left out, which is more than half; the first: "
          + (reason.hasPrefix(place) ? reason : place + reason))
    }
    return left.reduce(0) { $0 + terms($1.client).share }
  }

  /// Rank 0: the next global model, in place. The weights of a mean add up to 1 without those who
  /// were left out. Throws where the aggregator's step leads to what no client could begin with.
  private func finish(_ round: Int, _ clients: [ClientFigures], shareLeftOut: Double) throws {
    try parts.aggregator.finish(
      ServerRound(
        round: round, global: global, sum: sum,
        sent: sent.mapValues { $0.vector() }, share: 1 - shareLeftOut,
        modalityShares: modalityShares(
          of: clients.filter { $0.divergence == nil }.map(\.client),
          in: modalityTotals(clients.map(\.client))),
        payloads: clients.filter { $0.steps > 0 }.map { ($0.client, $0.payload) },
        state: serverState, server: parts.server))
    try DivergedServer.check(global, round: round, limit: ExactSum.limit)
    for name in serverState.keys.sorted() {
      try serverState[name].map { try DivergedServer.check($0, of: name, round: round) }
    }
  }

  /// In the same order on every rank.
  private func sorted<Value>(_ named: [String: Value]) -> [Value] {
    named.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The ranks' figures in rank order on rank 0, nil elsewhere.
  private func gather(_ figures: [ClientFigures]) throws -> [[ClientFigures]]? {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try parts.communicator.gather([UInt8](encoder.encode(figures)))?.map {
      try decoder.decode([ClientFigures].self, from: Data($0))
    }
  }

  private func report(
    _ round: Int, _ gathered: [[ClientFigures]], _ terms: (Int) -> ClientTerms,
    _ seconds: [String: Double]
  ) -> RoundReport {
    let workers = Self.workers(of: parts.communicator)
    let training = seconds["training"] ?? 0
    let idle = workers.reduce(into: [:]) { idle, worker in
      idle[worker] = max(0, training - gathered[worker].reduce(0) { $0 + $1.seconds })
    }
    let clients = gathered.flatMap { $0 }.sorted { $0.client < $1.client }
    let traffic = RoundTraffic(global.layout, channels, measuresDrift: drift != nil)
    let others = parts.communicator.size - 1
    let sums = sum.isShared ? (parts.communicator.tree?.groups ?? 1) - 1 : others
    return RoundReport(
      round: round, clients: clients, losses: RoundReport.meanLosses(clients), seconds: seconds,
      idleShare: training > 0
        ? idle.values.reduce(0, +) / (training * Double(workers.count)) : 0,
      idleSeconds: idle, bytes: traffic.down * others + traffic.up * sums,
      drift: drift?.figures(
        clients.filter { $0.steps > 0 }.map { (terms($0.client).share, $0.squaredLengths) }) ?? [])
  }
}

/// A round of which too little is left.
private struct DivergedRound: Error, CustomStringConvertible {
  let description: String
}

/// A server's step that leads nowhere.
struct DivergedServer: Error, CustomStringConvertible {
  let description: String

  /// Throws where a value is not finite, or beyond a limit.
  /// - Parameter name: of the aggregator's vector; nil for the model.
  static func check(
    _ vector: ParameterVector, of name: String? = nil, round: Int,
    limit: Float = .greatestFiniteMagnitude
  ) throws {
    guard !areWithin(limit, vector.floats) else { return }
    for entry in vector.layout.entries {
      for value in vector[entry.range] where !(value.magnitude <= limit) {
        throw DivergedServer(
          description: "round \(round): the aggregator's step gives \(entry.name) "
            + (name.map { "of its '\($0)' " } ?? "")
            + "the value \(value), \(value.isFinite ? "beyond ±\(Int(limit))" : "not finite"); try "
            + "a lower federation.aggregator.rate, where it has one, or a lower training.rate")
      }
    }
  }
}

/// Whether all values are finite and at most a limit in size. As whole numbers magnitudes are in
/// the same order, infinity behind all that are finite and what is no number behind that: a
/// comparison that the compiler makes of many at once.
private func areWithin(_ limit: Float, _ values: UnsafeMutableBufferPointer<Float>) -> Bool {
  values.withMemoryRebound(to: UInt32.self) { bits in
    var most: UInt32 = 0
    for place in 0..<bits.count { most = max(most, bits[place] & 0x7FFF_FFFF) }
    return most <= limit.bitPattern
  }
}

/// Wall time in named laps.
private struct Stopwatch {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  private(set) var laps: [String: Double] = [:]

  init() { last = clock.now }

  mutating func lap(_ name: String) {
    let now = clock.now
    laps[name, default: 0] += last.duration(to: now) / .seconds(1)
    last = now
  }
}
