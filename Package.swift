// swift-tools-version: 6.2
import PackageDescription

// Dependencies run strictly downward; `Tests/PackageTests` reads this description and the sources'
// imports, and fails where they differ or an edge goes up. The floors are listed in CONTRIBUTING.md.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: ["TestSupport"] + dependencies,
    resources: fixtures ? [.copy("Fixtures")] : [], swiftSettings: strict)
}

func system(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
  name: "motet",
  products: [.executable(name: "motet", targets: ["motet"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Floor 11
    .executableTarget(
      name: "motet",
      dependencies: [
        "Submission", "Planning", "Gathering", "Sweeps", "Downstream", "Jobs", "Evaluation",
        "Federation", "Checkpoints", "Training", "Inspection", "Encoders", "Methods", "Datasets",
        "Layers", "Views", "Files", "Machines", "Tensors", "Catalogues", "HDF5", "MessagePassing",
        "Media", "Spectra", "LinearAlgebra", arguments,
      ],
      swiftSettings: strict),
    // Floor 10
    .target(
      name: "Submission",
      dependencies: ["Planning", "Sweeps", "Jobs", "Files", "Machines", "Catalogues", "HDF5"],
      resources: [.embedInCode("run.sbatch"), .embedInCode("gather.sbatch")],
      swiftSettings: strict),
    // Floor 9
    library(
      "Planning",
      [
        "Sweeps", "Downstream", "Jobs", "Evaluation", "Federation", "Training", "Encoders",
        "Methods", "Datasets", "Layers", "Views", "Files", "Machines", "Tensors", "Kernels",
        "Catalogues", "LinearAlgebra", "MessagePassing",
      ]),
    library(
      "Gathering",
      [
        "Sweeps", "Downstream", "Jobs", "Checkpoints", "Datasets", "Files", "Catalogues", "HDF5",
        "Digests",
      ]),
    // Floor 8
    library(
      "Sweeps",
      [
        "Downstream", "Jobs", "Evaluation", "Checkpoints", "Datasets", "Views", "Files", "Machines",
        "Catalogues", "HDF5", "MessagePassing",
      ]),
    // Floor 7
    library(
      "Downstream",
      [
        "Jobs", "Evaluation", "Checkpoints", "Training", "Encoders", "Datasets", "Layers", "Views",
        "Files", "Machines", "Tensors", "Catalogues", "HDF5", "Digests", "MessagePassing",
        "LinearAlgebra",
      ]),
    // Floor 6
    library(
      "Jobs",
      [
        "Federation", "Evaluation", "Checkpoints", "Training", "Encoders", "Methods", "Datasets",
        "Layers", "Views", "Files", "Machines", "Tensors", "Catalogues", "HDF5", "Digests",
        "MessagePassing", "Spectra", yams,
      ]),
    // Floor 5
    library(
      "Federation",
      [
        "Checkpoints", "Training", "Methods", "Layers", "Tensors", "Kernels", "Catalogues",
        "MessagePassing", heap,
      ]),
    library(
      "Evaluation",
      [
        "Training", "Encoders", "Layers", "Datasets", "Views", "Tensors", "Kernels", "Catalogues",
        "LinearAlgebra", "MessagePassing",
      ]),
    // Floor 4
    library(
      "Training",
      ["Encoders", "Methods", "Datasets", "Views", "Layers", "Tensors", "Kernels", "Catalogues"]),
    library("Inspection", ["Datasets", "Views", "Tensors", "Catalogues", "Media"]),
    library("Checkpoints", ["Files", "Tensors", "HDF5", "Digests"]),
    // Floor 3
    library("Encoders", ["Layers", "Tensors", "Catalogues"]),
    library("Methods", ["Layers", "Tensors", "Catalogues"]),
    library(
      "Datasets",
      [
        "Views", "Files", "Machines", "Tensors", "Catalogues", "HDF5", "Media", "Digests", "CZlib",
        heap,
      ]),
    // Floor 2
    library("Layers", ["Tensors", "Kernels"]),
    library("Views", ["Spectra", "Tensors", "Catalogues", "Kernels"]),
    library("Files", ["HDF5", "Digests"]),
    // Floor 1
    library("Machines"),
    library("Tensors"),
    library("Catalogues"),
    library("Digests", ["CCrypto"]),
    library("MessagePassing", ["CMPI"]),
    library("HDF5", ["CHDF5", "CBuild"]),
    library("Media", ["CTurboJPEG", "CSpng", "CSndFile", "CMPG123", "CSoxr"]),
    library("Spectra", ["CFFTW"]),
    library("LinearAlgebra"),
    .target(
      name: "Kernels", cSettings: [.treatAllWarnings(as: .error)]),
    // Floor 0
    // `make build` says what is built; a build by hand knows no commit.
    .target(
      name: "CBuild",
      cSettings: [.treatAllWarnings(as: .error)]
        + (Context.environment["MOTET_BUILD"].map { [.define("MOTET_BUILD", to: "\"\($0)\"")] }
          ?? [])),
    system("CMPI", Context.environment["MOTET_MPI"] ?? "ompi-c", "libopenmpi-dev"),
    // Names that pkg-config has elsewhere: `.ci/pkg-config-name` finds them for `make build`.
    // "hdf5-serial", not "hdf5": installing libhdf5-openmpi-dev points hdf5.pc at the MPI build.
    system("CHDF5", Context.environment["MOTET_HDF5"] ?? "hdf5-serial", "libhdf5-dev"),
    system("CSndFile", "sndfile", "libsndfile1-dev"),
    system("CMPG123", "libmpg123", "libmpg123-dev"),
    system("CSoxr", "soxr", "libsoxr-dev"),
    system("CFFTW", "fftw3f", "libfftw3-dev"),
    system("CTurboJPEG", "libturbojpeg", "libturbojpeg0-dev"),
    // Built by CMake it is "libspng".
    system("CSpng", Context.environment["MOTET_SPNG"] ?? "spng", "libspng-dev"),
    system("CCrypto", "libcrypto", "libssl-dev"),
    system("CZlib", "zlib", "zlib1g-dev"),

    .target(
      name: "TestSupport", dependencies: ["Catalogues", "HDF5", "Tensors"],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("Tensors", ["Tensors"]),
    tests("Kernels", ["Kernels", "Tensors", "Layers"]),
    tests("Catalogues", ["Catalogues"]),
    tests("Digests", ["Digests"]),
    tests("HDF5", ["HDF5", "CHDF5", "Files"]),
    tests("Machines", ["Machines"]),
    tests("MessagePassing", ["MessagePassing"]),
    tests("Media", ["Media", "CSoxr", "CTurboJPEG"], fixtures: true),
    tests("Spectra", ["Spectra", "Digests", "Tensors"]),
    tests("LinearAlgebra", ["LinearAlgebra"]),
    tests("Layers", ["Layers", "Tensors"]),
    tests("Views", ["Views", "Kernels", "Tensors", "Catalogues", "HDF5"], fixtures: true),
    tests(
      "Inspection", ["Inspection", "Datasets", "Views", "Catalogues", "Files", "HDF5"]),
    tests(
      "Datasets",
      [
        "Inspection", "Datasets", "Views", "Kernels", "Tensors", "Catalogues", "Media", "Files",
        "Machines",
        "HDF5",
      ]),
    tests("Files", ["Files", "HDF5"]),
    tests("Encoders", ["Encoders", "Layers", "Tensors", "Catalogues", "HDF5"], fixtures: true),
    tests("Methods", ["Methods", "Layers", "Tensors", "Catalogues", "HDF5"], fixtures: true),
    tests("Checkpoints", ["Checkpoints", "Tensors", "HDF5"]),
    tests(
      "Training",
      [
        "Training", "Encoders", "Methods", "Datasets", "Views", "Layers", "Tensors", "Catalogues",
        "HDF5",
      ],
      fixtures: true),
    tests(
      "Federation",
      [
        "Federation", "Checkpoints", "Training", "Methods", "Layers", "Tensors", "Catalogues",
        "Kernels", "HDF5", "MessagePassing",
      ],
      fixtures: true),
    tests(
      "Evaluation",
      [
        "Evaluation", "Training", "Encoders", "Datasets", "Layers", "Views", "Tensors",
        "Catalogues",
        "HDF5", "MessagePassing",
      ], fixtures: true),
    tests(
      "Jobs",
      [
        "Jobs", "Checkpoints", "Datasets", "Layers", "Views", "Files", "Machines", "Tensors",
        "Catalogues", "HDF5", "MessagePassing",
      ]),
    tests(
      "Downstream",
      [
        "Downstream", "Jobs", "Federation", "Checkpoints", "Datasets", "Views", "Files", "Kernels",
        "Tensors",
        "Catalogues", "HDF5", "MessagePassing",
      ]),
    tests("Sweeps", ["Sweeps", "Downstream", "Jobs", "Checkpoints", "Files", "Machines", "HDF5"]),
    tests(
      "Gathering", ["Gathering", "Sweeps", "Jobs", "Checkpoints", "Files", "Tensors", "HDF5"],
      fixtures: true),
    tests("Planning", ["Planning", "Sweeps", "Jobs", "Datasets", "Catalogues"]),
    tests("Submission", ["Submission", "Sweeps", "Jobs", "Files", "Catalogues"]),
    // Spawns the executable, alone and under mpirun.
    tests(
      "Integration",
      [
        "motet", "Downstream", "Jobs", "Federation", "Checkpoints", "Training", "Encoders",
        "Methods", "Datasets", "Views", "Layers", "Tensors", "Catalogues", "Files", "Media", "HDF5",
        "Digests",
      ]),
    tests("Package", []),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)

// Needs libFuzzer, which only a build with `-sanitize=fuzzer` links: `make fuzz`.
if Context.environment["MOTET_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Planning", "Gathering", "Sweeps", "Downstream", "Jobs", "Checkpoints", "Inspection",
        "Datasets", "Views", "Tensors", "Catalogues", "Media", "HDF5", "Files", "Digests",
      ],
      path: "Tests/Fuzz", exclude: ["campaign.py", "corpora.py"], swiftSettings: strict))
}
