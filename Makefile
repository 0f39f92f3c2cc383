# make demo and make test are the two commands; each installs what is missing.
.DELETE_ON_ERROR:
.PHONY: setup build demo test lint bench faults clean

PYTHON ?= python3

# The program holds Swift's runtime, so that compute nodes need no Swift.
BUILD := swift build -c release --static-swift-stdlib --product motet
# Tests see internal declarations and need the shared runtime: a build folder of their own.
TEST := -c release -Xswiftc -enable-testing --scratch-path .build-test

setup:
	@.ci/setup tests

build:
	@.ci/setup
	$(BUILD)

demo: build
	@jobs/demo.sh .build/release/motet

# MPI, HDF5 and two cores: one test at a time.
test: setup
	@.ci/setup-slurm
	swift build $(TEST) --build-tests
	swift test $(TEST) --skip-build --no-parallel
	@.ci/test-analysis
	@"$$(analysis/find-python h5py)" Tests/Faults/campaign.py --motet .build-test/release/motet --trials 10

lint:
	swift format lint -r --strict Package.swift Sources Tests

# Faults at random moments: the same command goes on to the same bits (Tests/Faults).
TRIALS ?= 20
SEED ?= 1
faults: build
	"$$(analysis/find-python h5py)" Tests/Faults/campaign.py --trials $(TRIALS) --seed $(SEED)

# Motet's own figures and its peers', in turn: bench/bench.html and bench/bench.json.
bench: build
	@$(PYTHON) -c 'import torch, flwr, pfl' 2>/dev/null || \
	  { echo 'bench: needs PyTorch and others; see analysis/peers/README.md' >&2; exit 1; }
	$(PYTHON) analysis/peers/report.py --motet .build/release/motet --to bench

clean:
	rm -rf .build .build-test
