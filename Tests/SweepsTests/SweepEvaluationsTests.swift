import Downstream
import Foundation
import TestSupport
import Testing

@testable import Sweeps

/// What follows which cells: `cells`, `with` and `embeddings` of a sweep file.
@Suite struct SweepEvaluationsTests {
  let folder = TemporaryFolder()

  init() {
    folder.write(
      "base.yaml",
      "data: { image: i.h5, audio: a.h5 }\nfederation: { rounds: 4, keep: [2] }\n")
  }

  /// A sweep of three methods, two encoders and two seeds.
  static let methods = """
    base: base.yaml
    sweep:
      zip:
        - clients.mix: [{ image: 100% }, { audio: 100% }, { image+audio: 100% }]
          label.method: [FVSSL, FASSL, FSSUAVL]
        - encoder: [{ name: resnet18, input: 64 }, { name: resnet18, input: 32 }]
          label.arch: [large, small]
      seeds: [1, 2]

    """

  func load(_ text: String) throws -> Sweep {
    try Sweep.load(folder.write("s.yaml", text))
  }

  func error(_ text: String) -> String {
    (message { _ = try load(text) } ?? "no error")
      .replacingOccurrences(of: folder.path("s.yaml"), with: "s.yaml")
  }

  @Test func aPartnerHasTheOtherLabelsAndTheSeed() throws {
    let sweep = try load(
      Self.methods + """
        evaluations:
          - { name: joined, data: p.h5 }
          - { name: joined, data: p.h5, cells: { label.method: FVSSL }, with: { label.method: FASSL } }
          - { name: knn, data: d.h5, cells: { label.arch: small, seed: 2 } }
        """)
    #expect(sweep.evaluatedRuns == [12, 4, 3])
    for cell in sweep.cells {
      let partners = sweep.partners(of: cell)
      let evaluations = sweep.evaluations(of: cell)
      #expect(evaluations.allSatisfy { $0["cells"] == nil })
      guard cell.text(of: "label.method") == "FVSSL" else {
        #expect(partners.isEmpty && evaluations.allSatisfy { $0["with"] == nil })
        continue
      }
      let partner = try #require(partners.first)
      #expect(partners.count == 1)
      #expect(partner.text(of: "label.method") == "FASSL")
      #expect(partner.text(of: "label.arch") == cell.text(of: "label.arch"))
      #expect(partner.job.seed == cell.job.seed)
      #expect(evaluations.compactMap { $0["with"]?.text } == [partner.folder])
    }
    #expect(sweep.evaluations(of: sweep.cells[3]).count == 3)

    // What is to be done is the cell's own; the plain list has no single meaning any more.
    let specs = try EvaluationSpec.load(sweep.path, ofCell: "3")
    #expect(specs.map(\.name) == ["joined", "joined"])
    #expect(specs[1].resolved["with"]?.text == sweep.cells[6].folder)
    let unsaid = message { _ = try EvaluationSpec.load(sweep.path) }
    #expect(unsaid?.contains("evaluations[1].cells: depends on the cell") == true)
    #expect(unsaid?.contains("--cell") == true, "\(unsaid ?? "")")
    let none = folder.write("list.yaml", "- { name: knn, data: d.h5 }\n")
    let notASweep = message { _ = try EvaluationSpec.load(none, ofCell: "1") }
    #expect(notASweep?.hasSuffix("--cell is of a sweep, and this is none") == true)
  }

  /// A setting of the grid stays, though no label tells it.
  @Test func aPartnerHasTheSettingsOfTheGrid() throws {
    let sweep = try load(
      """
      base: base.yaml
      sweep:
        grid: { training.rate: [0.1, 0.3], method.temperature: [0.2, 0.5] }
      evaluations:
        - { name: joined, data: p.h5, cells: { training.rate: 0.1 }, with: { training.rate: 0.3 } }
      """)
    #expect(sweep.partners(of: sweep.cells[0]).map(\.number) == [3])
    #expect(sweep.partners(of: sweep.cells[1]).map(\.number) == [4])
    #expect(sweep.partners(of: sweep.cells[2]).isEmpty)
  }

  /// (an evaluation's choice, what is wrong with it).
  static let mistakes: [(String, String)] = [
    ("cells: FVSSL", "cells: expected a mapping as in { label.method: FVSSL }"),
    ("cells: {}", "cells: expected a mapping as in { label.method: FVSSL }"),
    (
      "cells: { label.metod: FVSSL }",
      "cells.label.metod: unknown label or setting 'label.metod' (did you mean 'label.method'?)"
    ),
    (
      "cells: { label.method: FVSL }",
      "cells.label.method: no cell has 'FVSL'; there are: FVSSL, FASSL, FSSUAVL"
    ),
    (
      "cells: { label.method: FVSSL, clients.mix: { audio: 100% } }",
      #"cells: no cell has all of these: clients.mix={"audio":1} label.method=FVSSL"#
    ),
    (
      "with: { label.method: FAS }",
      "with.label.method: no cell has 'FAS'; there are: FVSSL, FASSL, FSSUAVL"
    ),
    (
      "cells: { seed: 2 }, with: { label.method: FASSL }",
      "with: cell 6 (method=FASSL arch=large CELL seed=2) would be its own partner; 'cells' says "
        + "which cells the evaluation follows"
    ),
  ]

  @Test(arguments: mistakes) func mistakesAreNamed(text: String, expected: String) {
    let message = error(
      Self.methods + "evaluations:\n  - { name: knn, data: d.h5 }\n"
        + "  - { name: joined, data: p.h5, \(text) }\n")
    #expect(
      message.replacing(/clients\.mix=\S+ encoder=\S+/, with: "CELL")
        == "s.yaml:11: evaluations[1].\(expected)".replacing(
          /clients\.mix=\S+ encoder=\S+/, with: "CELL"))
  }

  @Test func partnersMustBeOne() {
    let rounds = """
      base: base.yaml
      sweep:
        zip:
          - seed: [1, 1, 1, 2]
            training.rate: [0.1, 0.2, 0.3, 0.4]
            label.x: [a, b, b, c]

      """
    func error(_ with: String) -> String {
      self.error(
        rounds
          + "evaluations: [{ name: joined, data: p.h5, cells: { label.x: a }, with: \(with) }]\n")
    }
    #expect(
      error("{ label.x: b }")
        == "s.yaml:7: evaluations[0].with: cell 1 (x=a seed=1 training.rate=0.1) has 2 "
        + "partners with label.x=b; one more label must tell them apart: "
        + "cell 2 (x=b seed=1 training.rate=0.2), cell 3 (x=b seed=1 training.rate=0.3)")
    #expect(
      error("{ label.x: c }")
        == "s.yaml:7: evaluations[0].with: cell 1 (x=a seed=1 training.rate=0.1) has no "
        + "partner: cells with label.x=c have other labels or seeds: "
        + "cell 4 (x=c seed=2 training.rate=0.4)")
    #expect(error("{ label.x: c, seed: 2 }") == "no error")
  }

  /// Of the cell's own run, or of its partner's; what another folder keeps is not known here.
  @Test func comparisonsAreWithRoundsThatAreKept() throws {
    func error(_ text: String) -> String {
      self.error(Self.methods + "evaluations: [{ name: geometry, data: d.h5, \(text) }]\n")
    }
    let partner = "cells: { label.method: FVSSL }, with: { label.method: FASSL }"
    for text in ["with_round: 2", "with_round: 0", "with: runs/x, with_round: 3"] {
      #expect(error(text) == "no error")
    }
    #expect(error("\(partner), with_round: 2") == "no error")
    for text in ["round: 0", "round: 2", "round: 4"] { #expect(error(text) == "no error") }
    for (text, message) in [
      (
        "round: 3",
        "cell 1 does not keep the checkpoint of round 3, but of 2, 4: those of "
          + "federation.keep and the last"
      ),
      ("round: -1", "expected the number of a round, 0 for before training"),
    ] {
      #expect(error(text) == "s.yaml:9: evaluations[0].round: \(message)")
    }
    for (text, cell) in [("with_round: 3", 1), ("\(partner), with_round: 3", 5)] {
      #expect(
        error(text)
          == "s.yaml:9: evaluations[0].with_round: cell \(cell) does not keep the checkpoint of "
          + "round 3, but of 2, 4: those of federation.keep and the last")
    }
  }

  @Test func embeddingsAreOfRoundsThatAreKept() throws {
    let sweep = "base: base.yaml\nsweep: { seeds: [1, 2] }\n"
    let given = try load(
      sweep + "embeddings: { data: [d.h5, ../e.h5], rounds: [4, 2], limit: 5, modality: image }\n")
    let options = try #require(given.embeddings?.options(of: given.cells[0]))
    #expect(options.data.first == folder.path("d.h5"))
    #expect(
      options.arguments == [
        "--split", "test", "--features", "encoder", "--data", options.data[0], "--data",
        options.data[1], "--round", "4", "--round", "2", "--modality", "image", "--limit", "5",
      ])
    let last = try load(sweep + "embeddings: { data: [d.h5], split: train, features: projection }")
    #expect(
      last.embeddings?.options(of: last.cells[1]).arguments == [
        "--split", "train", "--features", "projection", "--data", folder.path("d.h5"), "--round",
        "4",
      ])
    #expect(try load(sweep).embeddings == nil)

    func error(_ text: String) -> String { self.error(sweep + "embeddings: \(text)\n") }
    for (text, expected) in [
      ("[d.h5]", ": expected a mapping as in { data: [STORE], rounds: [10, 20] }"),
      ("{ rounds: [2] }", ".data: missing; give sample stores"),
      ("{ data: d.h5 }", ".data: expected a list of sample stores"),
      ("{ data: [d.h5], round: [2] }", ".round: unknown key 'round' (did you mean 'rounds'?)"),
      ("{ data: [d.h5], rounds: 2 }", ".rounds: expected a list of rounds"),
      ("{ data: [d.h5], rounds: [2, 2] }", ".rounds: [2, 2] has a round twice"),
      (
        "{ data: [d.h5], rounds: [4, 3] }",
        ".rounds: cell 1 does not keep the checkpoint of round 3, but of 2, 4: those of "
          + "federation.keep and the last"
      ),
      (
        "{ data: [d.h5], rounds: [9] }",
        ".rounds: cell 1 does not keep the checkpoint of round 9, but of 2, 4: those of "
          + "federation.keep and the last"
      ),
      (
        "{ data: [d.h5], features: head }",
        ".features: unknown features 'head'; there are: encoder, projection, view"
      ),
      ("{ data: [d.h5], limit: 0 }", ".limit: 0 is below 1"),
      (
        "{ data: [d.h5], modality: sound }",
        ".modality: unknown modality 'sound'; there are: image, audio"
      ),
    ] {
      #expect(error(text) == "s.yaml:3: embeddings\(expected)")
    }
  }
}
