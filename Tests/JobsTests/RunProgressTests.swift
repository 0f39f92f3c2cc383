import Jobs
import Testing

@Suite struct RunProgressTests {
  private var progress: RunProgress {
    var progress = RunProgress(round: 5, of: 20)
    progress.losses = ["image": 2.5, "audio": 1.25]
    progress.speed = (1.5, 300)
    progress.pace = 60
    progress.measured = [figure(0.3), figure(0.4, "audio")]
    progress.history =
      [0.1, 0.2, 0.3].map { figure($0) } + [figure(0.15, "audio"), figure(0.4, "audio")]
    return progress
  }

  private func figure(_ accuracy: Double, _ modality: String = "image") -> MonitorFigure {
    MonitorFigure(data: "demo", modality: modality, accuracy: accuracy)
  }

  @Test func aLine() {
    #expect(
      progress.line
        == "round 5/20  loss audio 1.2500  loss image 2.5000  1.50 clients/s  300.0 views/s  "
        + "left 15:00  kNN demo image 30.00 %  kNN demo audio 40.00 %")
    var more = progress
    more.measured = []
    more.clientsWithoutSteps = 1
    more.idleShare = 0.25
    more.limit = 3600
    #expect(
      more.line.hasSuffix(
        "views/s  1 client without steps  idle 25 %  left 15:00  limit in 1:00:00"),
      "\(more.line)")
    #expect(more.warning == nil)
  }

  @Test func beforeTraining() {
    var progress = RunProgress(round: 0, of: 20)
    progress.measured = [figure(0.1)]
    progress.history = progress.measured
    #expect(progress.line == "round 0/20  kNN demo image 10.00 %")
    #expect(progress.block == ["round 0/20  ░░░░░░░░░░░░░░░░░░░░", "kNN demo image  ▅  10.00 %"])
  }

  @Test func aBlock() {
    #expect(
      progress.block == [
        "round 5/20  █████░░░░░░░░░░░░░░░  left 15:00",
        "loss audio 1.2500  loss image 2.5000  1.50 clients/s  300.0 views/s",
        "kNN demo image  ▁▅█  10.00 → 30.00 %",
        "kNN demo audio  ▁█  15.00 → 40.00 %",
      ])
  }

  /// Only the time to the last round counts, and a limit that has passed is one of no time.
  @Test(arguments: [
    (899.0, 19), (900, nil), (901, nil), (60, 6), (59, 5), (0, 5), (-100, 5),
    (Double.infinity, nil),
  ])
  func theTimeLimit(seconds: Double, round: Int?) {
    var progress = progress
    progress.limit = seconds
    #expect(
      progress.warning
        == round.map {
          "will stop at the time limit, at about round \($0) of 20, and go on when run again"
        })
    #expect(progress.block.count == (round == nil ? 4 : 5))
    progress.pace = nil
    #expect(progress.warning == nil)
    var last = RunProgress(round: 20, of: 20)
    (last.pace, last.limit) = (60, seconds)
    #expect(last.warning == nil)
  }
}
