#!/usr/bin/env python3
"""Mutants of every kind of file that Motet reads, by clang's libFuzzer: `make fuzz`.

Each reader gets so many mutants. A crash, a wait of over 5 s, a single allocation of over twice the
largest mutant plus 64 MiB, and an answer in words that are not Motet's are findings; a reader goes
on after them with another seed, and their mutants stay in the folder that is printed.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from corpora import Corpora

MOST_FINDINGS = 5
#: HDF5 files of other makers, without a seal: the library asks for as much memory as a damaged one
#: says, does not touch it, and gives up where the file ends.
FOREIGN = {"epicsounds-audio"}


def reader(fuzz, folder, wanted, seed):
    """The mutants that a reader got, and its findings."""
    corpus = folder / "corpus"
    longest = 2 * max(path.stat().st_size for path in corpus.iterdir())
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no",
                       ASAN_OPTIONS="detect_leaks=0:symbolize=0:allocator_may_return_null=1", TMPDIR=str(folder))
    limit = 4096 if folder.name in FOREIGN else 64 + (2 * longest >> 20) + 1
    done, findings = 0, []
    while done < wanted and len(findings) < MOST_FINDINGS:
        found = folder / f"finding-{len(findings)}-"
        # New mutants that reach new code join a corpus of their own.
        grown = folder / "grown"
        grown.mkdir(exist_ok=True)
        result = subprocess.run(
            [fuzz, folder.name, folder / "base", f"-runs={wanted - done}",
             f"-seed={seed + len(findings)}", f"-max_len={longest}", "-len_control=0",
             f"-malloc_limit_mb={limit}", "-rss_limit_mb=4096", "-timeout=5",
             "-print_final_stats=1", f"-artifact_prefix={found}", grown, corpus],
            env=environment, capture_output=True, text=True, errors="replace")
        executed = re.search(r"number_of_executed_units: *(\d+)", result.stderr)
        done += int(executed[1]) if executed else 1
        if result.returncode == 0:
            break
        lines = [line for line in result.stderr.splitlines()
                 if re.search(r"ERROR|Fatal error|ALARM|SUMMARY|raw error", line)]
        findings.append((" | ".join(lines[:3]) or result.stderr[-300:], str(found)))
    return done, findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--motet", default=".build/release/motet", help="makes the corpora")
    parser.add_argument("--fuzz", default=".build-fuzz/release/fuzz")
    parser.add_argument("--mutants", type=int, default=10_000, help="of each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="a reader; all, if not given")
    arguments = parser.parse_args()
    fuzz = pathlib.Path(arguments.fuzz).resolve()
    in_memory = pathlib.Path("/dev/shm")
    work = pathlib.Path(tempfile.mkdtemp(
        prefix="motet-fuzz-", dir=in_memory if in_memory.is_dir() else None))
    corpora = Corpora(pathlib.Path(arguments.motet).resolve(), work)
    corpora.make()
    names = subprocess.run([fuzz], capture_output=True, text=True).stdout.split()
    bad, rows = 0, []
    for name in arguments.only or names:
        start = time.monotonic()
        done, findings = reader(fuzz, work / name, arguments.mutants, arguments.seed)
        bad += len(findings)
        rows.append(f"| {name} | {done} | {len(findings)} |")
        print(json.dumps({"reader": name, "mutants": done, "findings": findings,
                          "seconds": round(time.monotonic() - start)}), flush=True)
    print("\n| reader | mutants | findings |\n| --- | --- | --- |", *rows, sep="\n")
    if bad:
        print(f"{bad} findings; their mutants are in {work}", file=sys.stderr)
    else:
        shutil.rmtree(work)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
