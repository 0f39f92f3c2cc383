#!/usr/bin/env python3
"""Calls that fail, one at a time: the n-th write, fsync, rename or allocation of a command.

Each trial starts a command with one call that fails (`failing.c`), for every n until the command
makes no more of them. It must end with one line of Motet's, or well where nothing depends on the
call, and leave nothing half-written; the same command must then come to the same bits.
"""

import argparse
import collections
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import wave

import h5py
import numpy as np

from campaign import (EVALUATIONS, JOBS, RAW, environment, in_folder, leftovers, make,
                      read_evaluations, read_run)

KINDS = ["write", "full", "fsync", "rename", "allocation"]
ROUNDS = 2
LIMIT = 60
SWEEP = """
name: calls
base: job.yaml
results: sweep
sweep: { grid: { training.rate: [0.01, 0.02] } }
"""


class Command:
    """A command, what it makes, and how that is compared."""

    def __init__(self, name, motet, folder, arguments, made, read, ranks=1):
        launcher = [] if ranks == 1 else [
            "mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none"]
        self.name, self.folder, self.made, self.read = name, folder, made, read
        self.line, self.ranks = launcher + [motet] + arguments, ranks

    def run(self, extra=None):
        """Its exit code, nil where it had to be killed, and what it said."""
        try:
            result = subprocess.run(
                self.line, cwd=self.folder, env=dict(environment(), **(extra or {})), timeout=LIMIT,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired as late:
            return None, str(late.output)
        return result.returncode, result.stdout

    def clear(self):
        for pattern in self.made:
            for path in self.folder.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def hashes(folder, pattern):
    """The bytes of files that are the same whenever they are made."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.glob(pattern)) if path.is_file()}


def tables(folder, pattern):
    """The data sets of HDF5 files, without times."""
    found = {}

    def keep(path, name, item):
        if isinstance(item, h5py.Dataset) and not re.search("second|time|idle|host", name):
            value = item[()]
            found[f"{path.name} {name}"] = value.tolist() if hasattr(value, "tolist") else value

    for path in sorted(folder.glob(pattern)):
        with h5py.File(path, "r") as file:
            file.visititems(lambda name, item, path=path: keep(path, name, item))
    return found


def sounds(folder):
    """Enough of them for a journal that is written more than once."""
    for number in range(6):
        path = folder / f"sounds/{number % 2}/{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 16_000, 0, "NONE", ""))
            values = 9_000 * np.sin(np.arange(700_000) / (3 + number))
            file.writeframes(values.astype("<i2").tobytes())


def commands(motet, work):
    found = []
    for name, (aggregator, momentum) in JOBS.items():
        for ranks in [1, 2]:
            folder = work / f"{name}-{ranks}"
            make(motet, folder, aggregator, momentum, rounds=ROUNDS)
            found.append(Command(
                f"run, {name}", motet, folder, ["run", "job.yaml"], ["runs"],
                lambda folder=folder: read_run(motet, folder, ROUNDS), ranks=ranks))
    folder = work / "rest"
    make(motet, folder, *JOBS["plain"], rounds=ROUNDS)
    sounds(folder)
    (folder / "sweep.yaml").write_text(SWEEP)
    subprocess.run([motet, "run", "job.yaml"], cwd=folder, check=True, env=environment(),
                   capture_output=True)
    (folder / "evaluations.yaml").write_text(EVALUATIONS)

    def add(name, arguments, made, read):
        found.append(Command(name, motet, folder, arguments, made, read))

    add("shard", ["shard", "job.yaml", "--set", "shards=cut"], ["cut", ".cut*"],
        lambda: hashes(folder, "cut/*"))
    add("import", ["data", "import", "sound-folder", "--from", "sounds", "--to", "sounds.h5",
         "--overwrite"],
        ["sounds.h5", ".sounds.h5*"], lambda: hashes(folder, "sounds.h5"))
    add("evaluate", ["evaluate", "runs/faults", "--file", "evaluations.yaml"],
        ["runs/faults/evaluations"], lambda: read_evaluations(folder))
    add("embed", ["embed", "runs/faults", "--data", "data.h5"], ["runs/faults/embeddings"],
        lambda: tables(folder, "runs/faults/embeddings/*.h5"))
    add("gather", ["gather", "runs/faults", "--to", "all.h5"], ["all.h5", ".all.h5*"],
        lambda: tables(folder, "all.h5"))
    add("sweep run", ["sweep", "run", "sweep.yaml"], ["sweep"],
        lambda: tables(folder, "sweep/*/checkpoint-*.h5"))
    return found


class Failing:
    """The library that lets calls fail."""

    def __init__(self, work):
        self.library, self.mark = work / "failing.so", work / "mark"
        source = pathlib.Path(__file__).parent / "failing.c"
        compiler = next(filter(None, map(shutil.which, ["cc", "clang"])))
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", self.library, source],
                       check=True)

    def run(self, command, kind, number):
        """The command's end with that call failing; and whether it came so far."""
        self.mark.unlink(missing_ok=True)
        text = f"{kind} {number} {command.folder} {self.mark}"
        extra = {"LD_PRELOAD": str(self.library), "MOTET_FAILING": text}
        if command.ranks > 1:
            extra["MOTET_FAILING_RANK"] = str(command.ranks - 1)
        status, said = command.run(extra)
        return status, said, self.mark.exists()

    def count(self, command, kind):
        """How many calls of a kind an undisturbed command makes."""
        counted = pathlib.Path(f"{self.mark}.calls")
        counted.unlink(missing_ok=True)
        status, said, _ = self.run(command, kind, 1 << 40)
        assert status == 0, said
        return int(counted.read_text())


def outcome(command, expected, status, said, kind):
    """What is wrong after a failed call; nil where nothing is."""
    if status is None:
        return "hung"
    # HDF5 itself ends a process where it gets no memory for an identifier.
    if status not in ((0, 1, 255) if kind == "allocation" else (0, 1)):
        return f"ended by {status}"
    if RAW.search(said):
        return "raw error"
    own = [line for line in said.splitlines() if line.startswith("motet: ")]
    if status and not own:
        return "no word"
    # Where memory is refused a process ends at once.
    if kind != "allocation" and leftovers(command.folder):
        return "left over"
    status, said = command.run()
    if status != 0:
        return f"does not go on: {said[-300:]}"
    if command.read() != expected:
        return "other bits"
    return "left over at the end" if leftovers(command.folder) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=0,
                        help="trials of a command and kind, of calls at random; all, if not given")
    parser.add_argument("--only", action="append", help="a command; all, if not given")
    parser.add_argument("--kind", action="append", choices=KINDS, help="all, if not given")
    return in_folder(parser, "motet-calls-", campaign)


def campaign(motet, work, arguments):
    failing = Failing(work)
    rows, bad = [], 0
    for command in commands(motet, work):
        if arguments.only and command.name not in arguments.only:
            continue
        status, said = command.run()
        if status != 0:
            sys.exit(f"{' '.join(command.line)} fails undisturbed:\n{said}")
        expected = command.read()
        for kind in arguments.kind or KINDS:
            command.clear()
            count = failing.count(command, kind)
            if not count:
                continue
            numbers = list(range(1, count + 1))
            if arguments.most and count > arguments.most:
                choice = random.Random(f"{arguments.seed} {command.name} {kind}")
                numbers = sorted(choice.sample(numbers, arguments.most))
            ends, wrong = collections.Counter(), 0
            for number in numbers:
                command.clear()
                status, said, is_reached = failing.run(command, kind, number)
                ends["not reached" if not is_reached else "goes on" if status == 0 else "line"] += 1
                finding = outcome(command, expected, status, said, kind)
                if finding:
                    wrong += 1
                    print(json.dumps({"command": command.name, "ranks": command.ranks, "kind": kind,
                                      "call": number, "finding": finding, "said": said[-600:]}),
                          flush=True)
            bad += wrong
            ranks = f", {command.ranks} ranks" if command.ranks > 1 else ""
            rows.append(f"| {command.name}{ranks} | {kind} | {count} | {len(numbers)} "
                        f"| {ends['line']} | {ends['goes on']} | {wrong} |")
            print(rows[-1], flush=True)
        command.clear()
    print("\n| command | what fails | calls | trials | ends with a line | goes on | findings |",
          "| --- | --- | --- | --- | --- | --- | --- |", *rows, sep="\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
