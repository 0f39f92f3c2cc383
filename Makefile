# make demo and make test are the two commands; each installs what is missing.
.DELETE_ON_ERROR:
.PHONY: setup build install dist demo test lint results bench faults fuzz sanitize clean

PYTHON ?= python3

# Names of libraries where pkg-config has not Debian's. MOTET_MPI=mpich builds with MPICH, whose launcher
# the tests then use.
export MOTET_MPI ?= $(shell .ci/pkg-config-name ompi-c)
export MOTET_HDF5 ?= $(shell .ci/pkg-config-name hdf5-serial)
export MOTET_SPNG ?= $(shell .ci/pkg-config-name spng)

# Installs what is missing; SETUP=: where something else has brought it all.
SETUP ?= .ci/setup
# More options of swift build, as in SWIFTFLAGS='-Xlinker -rpath=/opt/hdf5/lib'.
SWIFTFLAGS ?=

# The program holds Swift's runtime, so that compute nodes need no Swift.
BUILD := MOTET_BUILD="$$(.ci/describe-build)" swift build -c release --static-swift-stdlib --product motet \
  $(SWIFTFLAGS)
# Needs libFuzzer, which comes with clang.
BUILD_FUZZ := MOTET_FUZZ=1 swift build -c release --scratch-path .build-fuzz --product fuzz \
  -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld
# Tests see internal declarations and need the shared runtime: a build folder of their own.
TEST := -c release -Xswiftc -enable-testing --scratch-path .build-test

setup:
	@$(SETUP) report tests

build:
	@$(SETUP)
	$(BUILD)

# bin/motet, its completions, its manual, the Python package, the jobs; DESTDIR for packagers.
PREFIX ?= /usr/local
install: build
	packaging/install .build/release/motet "$(PREFIX)" "$(DESTDIR)"

# motet-VERSION.tar.gz of the commit, with its SHA-256 beside it.
dist:
	@packaging/dist

demo: build
	@jobs/demo.sh .build/release/motet

# MPI, HDF5 and two cores: one test at a time. Campaigns are short here; `faults` and `fuzz` are long.
test: MOTET := .build-test/release/motet
test: setup
	@.ci/setup-slurm
	swift build $(TEST) --build-tests
	swift test $(TEST) --skip-build --no-parallel
	@.ci/test-analysis
	@"$$(analysis/find-python h5py)" Tests/Faults/campaign.py --motet $(MOTET) --trials 10
	@"$$(analysis/find-python h5py)" Tests/Faults/calls.py --motet $(MOTET) --most 1 \
	  --kind write --kind full --kind fsync --kind rename
	$(BUILD_FUZZ)
	@"$$(analysis/find-python h5py PIL)" Tests/Fuzz/campaign.py --motet $(MOTET) --mutants 50

lint:
	swift format lint -r --strict Package.swift Sources Tests

# Faults at random moments, and calls that fail: the same command goes on to the same bits
# (Tests/Faults).
TRIALS ?= 20
CALLS ?= 20
SEED ?= 1
faults: build
	"$$(analysis/find-python h5py)" Tests/Faults/campaign.py --trials $(TRIALS) --seed $(SEED)
	"$$(analysis/find-python h5py)" Tests/Faults/calls.py --most $(CALLS) --seed $(SEED)

# Mutants of every kind of file that is read, by clang's libFuzzer (Tests/Fuzz).
MUTANTS ?= 10000
fuzz: setup build
	$(BUILD_FUZZ)
	"$$(analysis/find-python h5py PIL)" Tests/Fuzz/campaign.py --mutants $(MUTANTS) --seed $(SEED)

# Suites under a sanitizer of clang: memory, undefined behaviour, threads. Swift's own overflows trap
# in every build, so that undefined behaviour is the C kernels' alone, and ends the process. A process
# of MPI, whose library is no sanitizer's friend, is left out, and page faults, of which sanitizers
# have their own.
SANITIZERS ?= address undefined thread
SANITIZED ?= TensorsTests|KernelsTests|DigestsTests|HDF5Tests|FilesTests|MediaTests|SpectraTests|LinearAlgebraTests|ViewsTests|LayersTests|MethodsTests|EncodersTests|DatasetsTests|CheckpointsTests
FLAGS_address := --sanitize address
FLAGS_undefined := -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined
FLAGS_thread := --sanitize thread
# Two tests have a Mutex of their own, which the thread sanitizer does not know for a lock.
SKIP_thread := --skip theCallerTakesPart --skip partsCoverTheRange
sanitize: $(SANITIZERS:%=sanitize-%)

sanitize-%: setup
	swift build -c release -Xswiftc -enable-testing --scratch-path .build-$* $(FLAGS_$*) --build-tests
	ASAN_OPTIONS=detect_leaks=0 swift test -c release -Xswiftc -enable-testing \
	  --scratch-path .build-$* $(FLAGS_$*) --skip-build --no-parallel \
	  --filter '$(SANITIZED)' --skip noMemoryFromTheSystem $(SKIP_$*)

# The pages of docs/results, of the gathered files that are kept there.
results:
	@docs/results/make.sh

# Motet's own figures and its peers', in turn: bench/bench.html and bench/bench.json.
bench: build
	@$(PYTHON) -c 'import torch, flwr, pfl' 2>/dev/null || \
	  { echo 'bench: needs PyTorch and others; see analysis/peers/README.md' >&2; exit 1; }
	$(PYTHON) analysis/peers/report.py --motet .build/release/motet --to bench

clean:
	rm -rf .build .build-test .build-fuzz .build-address .build-undefined .build-thread
