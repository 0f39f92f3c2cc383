import Checkpoints
import Tensors
import TestSupport
import Testing

@testable import Downstream

@Suite struct ClassifierStateTests {
  let folder = TemporaryFolder()

  private func vector(_ count: Int) -> ParameterVector {
    var layout = ParameterLayout()
    _ = layout.add("w", [count])
    return ParameterVector(layout)
  }

  /// A state of other data, far on, is not in the way of the next stop and start.
  @Test func whatIsOfNoUseIsRemoved() throws {
    let path = folder.path("state")
    var notes: [String] = []
    func state(_ data: String) -> ClassifierState {
      ClassifierState(path, title: "probe", spec: "{}", data: data) { notes.append($0) }
    }
    func content(_ steps: Int) -> ClassifierState.Content {
      ClassifierState.Content(
        steps: steps, parameters: vector(3), optimizer: [vector(3), vector(3)])
    }
    try state("old").save(content(924))
    #expect(try state("new").load(vector(3).layout, vectors: 2, unit: "step") == nil)
    #expect(notes == ["\(path): of other data or another version; starting over"])
    #expect(folder.names.isEmpty)
    try state("new").save(content(100))
    #expect(try state("new").load(vector(3).layout, vectors: 2, unit: "step")?.steps == 100)
    #expect(notes.last == "continuing probe after step 100")
    // Of an optimizer with other vectors.
    #expect(try state("new").load(vector(3).layout, vectors: 3, unit: "step") == nil)
    let other = ClassifierState.Content(
      steps: 101, parameters: vector(3), optimizer: [vector(3), vector(4)])
    try state("new").save(other)
    #expect(try state("new").load(vector(3).layout, vectors: 2, unit: "step") == nil)
  }
}
