import Foundation
import Machines
import Testing

/// Runs lines of Python that make files of other programs, with a Python that has NumPy and h5py:
/// those that the importers of such files need, and `make setup` installs.
func writeByPython(_ lines: String, in folder: String) throws {
  let words = try AnalysisPackage.command(needs: ["numpy", "h5py"], for: "this test")
  let python = words[2]
  let setup = "import os, numpy, h5py; os.chdir('\(folder)')\n"
  let made = try CapturedProcess([python, "-c", setup + lines])
  try #require(made.status == 0, "\(made.errors)")
}
