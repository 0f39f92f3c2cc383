import HDF5
import Layers
import Machines
import MessagePassing
import Spectra

/// Where figures come from: the program, its libraries and the machine. In every file of results.
public enum Provenance {
  /// Attributes of a file, beside what `FileFormat` stamps.
  public static func attributes() throws -> [String: String] {
    let engine = try Engine(lanes: try Engine.lanesFromEnvironment())
    return [
      "host": Machine().host,
      "instruction_set": "\(engine.instructionSet), \(engine.lanes) lanes",
      "mpi": Communicator.library, "hdf5": MotetBuild.hdf5, "fftw": Spectra.build,
    ]
  }

  /// The same for a person: the lines of `motet --version`, which `motet doctor` has too.
  public static func lines() -> [String] {
    let lanes = Engine.availableLanes.map(String.init).joined(separator: ", ")
    let own: String
    do {
      let engine = try Engine(lanes: try Engine.lanesFromEnvironment())
      own = "\(engine.lanes) (\(engine.instructionSet))"
    } catch { own = "\(error)" }
    return [
      "motet \(MotetBuild.version)", "build: \(MotetBuild.source)",
      "MPI: \(Communicator.library)", "HDF5: \(MotetBuild.hdf5)", "FFTW: \(Spectra.build)",
      "lanes: \(own); possible: \(lanes)",
    ]
  }
}
