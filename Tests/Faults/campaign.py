#!/usr/bin/env python3
"""Faults at random moments: whatever ends a command, the same command goes on to the same bits.

Each trial starts a command, lets a fault happen at a random moment, and starts the same command
until it ends well. It is lost where that does not happen or the files differ from those of an
undisturbed command, and late where a fault that ends a process had not ended it after ten seconds.
Seeded: the n-th trial is the same in every campaign, but for the moments that the machine adds.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import h5py

ROUNDS = 6
JOB = """
name: faults
seed: 3
data: {{ image: data.h5, audio: data.h5 }}
clients: {{ count: 12, alpha: 1 }}
encoder: {{ name: vit, input: 32, patch: 8, width: 64, depth: 2, heads: 2, mlp: 128, hidden: 64 }}
training: {{ local_epochs: 1, batch: 8, smallest_batch: 2{momentum} }}
federation: {{ rounds: {rounds}, participation: 50%, aggregator: {aggregator} }}
monitor: {{ every: 2, knn: {{ k: 20 }} }}
shards: shards
"""
JOBS = {"plain": ("fedavg", ""), "state": ("scaffold", ", optimizer: { name: sgd, momentum: 0 }")}
EVALUATIONS = """
- { name: knn, data: data.h5, modality: image, k: 20 }
- { name: linear, data: data.h5, modality: audio, epochs: 8, views: true }
- { name: finetune, data: data.h5, modality: image, epochs: 4, batch: 32, pieces: 3 }
"""
SIGNALS = ["KILL", "TERM", "USR1", "INT", "HUP"]
#: After these the ranks go on.
HARMLESS = {"STOP"}
MOST_STARTS = 40
LIMIT = 10.0
#: Exit codes of what ended by itself, by a trap, an abort or a wild address: a process's and mpirun's.
CRASHES = {sign * number + base for number in (4, 6, 7, 8, 11) for sign, base in ((-1, 0), (1, 128))}
#: Words that are not Motet's.
RAW = re.compile("Error Domain|NSCocoa|couldn.t be|could not be completed|DecodingError|"
                 "dataCorrupted|Fatal error")


def environment():
    own = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
               OMPI_MCA_mpi_yield_when_idle="1", SWIFT_BACKTRACE="enable=no")
    return {key: value for key, value in own.items()
            if not key.startswith(("PMIX_", "SLURM_", "OMPI_COMM"))}


class Command:
    """One command, alone or on ranks, and how its files are compared."""

    def __init__(self, motet, folder, name, ranks, arguments, read):
        self.launcher = [] if ranks == 1 else [
            "mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none"]
        self.line = self.launcher + [motet] + arguments
        self.folder, self.name, self.ranks, self.read = folder, name, ranks, read

    def start(self):
        log = open(self.folder / "log", "ab")
        return subprocess.Popen(self.line, cwd=self.folder, stdout=log, stderr=log,
                                stdin=subprocess.DEVNULL, env=environment(),
                                start_new_session=True)


def processes(session):
    """The live processes of a session, by whether they are ranks or the launcher."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            fields = open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry))
        except (OSError, IndexError):
            pass
    return sorted(found)


def send(number, ids):
    for one in ids:
        try:
            os.kill(one, number)
        except ProcessLookupError:
            pass


def fault(kind, whom, process, choice):
    """Makes a fault happen to whoever is there."""
    everyone = processes(process.pid)
    ranks = [one for one in everyone if one != process.pid] or [process.pid]
    chosen = {"launcher": [process.pid], "all": everyone, "rank": [choice.choice(ranks)]}[whom]
    if kind == "STOP":
        send(signal.SIGSTOP, chosen)
        time.sleep(0.5)
        send(signal.SIGCONT, chosen)
    else:
        send(getattr(signal, "SIG" + kind), chosen)


def wait(process, seconds):
    """How long a process still lived; nil where it outlived the time."""
    start = time.monotonic()
    while process.poll() is None:
        if time.monotonic() - start > seconds:
            return None
        time.sleep(0.01)
    return time.monotonic() - start


def trial(command, expected, length, choice):
    """One trial; its fault, its outcome, and how long the fault took to end the command."""
    kind = choice.choice(SIGNALS + ["STOP"])
    whom = choice.choice(["rank", "launcher", "all"]) if command.ranks > 1 else "launcher"
    faults, ends, starts, outcome = 1 + (choice.random() < 0.25), [], 0, None
    while starts < MOST_STARTS:
        process = command.start()
        starts += 1
        if starts <= faults:
            moment = choice.random() * length
            if wait(process, moment) is None:
                fault(kind, whom, process, choice)
                if kind not in HARMLESS:
                    took = wait(process, LIMIT)
                    if took is None:
                        outcome = "late"
                    else:
                        ends.append(took)
        if wait(process, 300) is None:
            send(signal.SIGKILL, processes(process.pid))
            outcome = "hung"
            break
        if process.returncode in CRASHES:
            outcome = "crashed"
        if process.returncode == 0 and starts >= faults:
            break
        # A launcher that was killed may leave ranks, whose folder it still is; half of the time
        # they are not waited for.
        if choice.random() < 0.5:
            while processes(process.pid):
                time.sleep(0.05)
        else:
            time.sleep(0.3)
    else:
        outcome = "lost"
    while processes(process.pid):
        time.sleep(0.05)
    if outcome is None and RAW.search((command.folder / "log").read_text(errors="replace")):
        outcome = "raw error"
    if outcome is None and command.read() != expected:
        outcome = "other"
    if outcome is None and leftovers(command.folder):
        outcome = "left over"
    return f"{kind} {whom if command.ranks > 1 else 'process'}", outcome or "same", ends, starts


def leftovers(folder):
    return [str(path) for path in folder.rglob(".*") if ".tmp-" in path.name
            or path.name.startswith(".writable")]


def make(motet, folder, aggregator, momentum, rounds=ROUNDS):
    folder.mkdir(parents=True)
    run = lambda *arguments: subprocess.run([motet, *arguments], cwd=folder, check=True,
                                            stdout=subprocess.DEVNULL, env=environment())
    run("data", "synthesize", "--to", "data.h5", "--images", "120", "--sounds", "80",
        "--classes", "4", "--side", "16")
    (folder / "job.yaml").write_text(
        JOB.format(rounds=rounds, aggregator=aggregator, momentum=momentum))
    (folder / "evaluations.yaml").write_text(EVALUATIONS)
    run("shard", "job.yaml")


def read_run(motet, folder, rounds=ROUNDS):
    """What a run's files say, without times."""
    results = folder / "runs/faults/results.h5"
    hashed = subprocess.run([motet, "hash", f"runs/faults/checkpoint-{rounds:06}.h5"], cwd=folder,
                            capture_output=True, text=True, env=environment())
    with h5py.File(results, "r") as file:
        tables = {}
        for name in ["rounds/round", "rounds/loss/image", "rounds/loss/audio", "rounds/samples/image",
                     "monitor/round", "monitor/accuracy"]:
            tables[name] = file[name][()].tobytes().hex()
    return hashed.returncode, hashed.stdout.split()[-1:], tables


def read_evaluations(folder):
    """What the records of a run's evaluations say."""
    found = {}
    for path in sorted((folder / "runs/faults/evaluations").glob("*.h5")):
        with h5py.File(path, "r") as file:
            found[path.name] = file["figures/value"][()].tobytes().hex()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="number of the first trial")
    return in_folder(parser, "motet-faults-", campaign)


def in_folder(parser, prefix, campaign):
    """Runs a campaign in a folder of its own, with what all campaigns are told."""
    parser.add_argument("--motet", default=".build/release/motet")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    motet = str(pathlib.Path(arguments.motet).resolve())
    work = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
    try:
        return campaign(motet, work, arguments)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def campaign(motet, work, arguments):
    commands = []
    for name, (aggregator, momentum) in JOBS.items():
        for ranks in [1, 3]:
            folder = work / f"{name}-{ranks}"
            make(motet, folder, aggregator, momentum)
            commands.append(Command(
                motet, folder, f"run, {name}", ranks, ["run", "job.yaml"],
                lambda folder=folder: read_run(motet, folder)))
    for ranks in [1, 3]:
        folder = work / f"evaluate-{ranks}"
        shutil.copytree(work / "plain-1", folder)
        subprocess.run([motet, "run", "job.yaml"], cwd=folder, check=True, env=environment(),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        commands.append(Command(
            motet, folder, "evaluate", ranks,
            ["evaluate", "runs/faults", "--file", "evaluations.yaml"],
            lambda folder=folder: read_evaluations(folder)))

    def clear(command):
        path = "runs/faults/evaluations" if command.name == "evaluate" else "runs"
        shutil.rmtree(command.folder / path, ignore_errors=True)

    expected, lengths = {}, {}
    for command in commands:
        start = time.monotonic()
        if command.start().wait() != 0:
            sys.exit(f"{' '.join(command.line)} fails undisturbed:\n"
                     + (command.folder / "log").read_text())
        lengths[command] = time.monotonic() - start
        expected[command] = command.read()
        clear(command)

    counts = collections.defaultdict(collections.Counter)
    times = collections.defaultdict(list)
    bad = 0
    for number in range(arguments.first, arguments.first + arguments.trials):
        choice = random.Random(f"{arguments.seed} {number}")
        command = choice.choice(commands)
        (command.folder / "log").write_bytes(b"")
        kind, outcome, ends, starts = trial(command, expected[command], lengths[command], choice)
        counts[command.name, kind][outcome] += 1
        times[command.name, kind] += ends
        print(json.dumps({"trial": number, "command": command.name, "ranks": command.ranks,
                          "fault": kind, "outcome": outcome, "starts": starts,
                          "ended_after_s": [round(end, 2) for end in ends]}), flush=True)
        if outcome != "same":
            bad += 1
            print((command.folder / "log").read_text(), file=sys.stderr)
            print(leftovers(command.folder), file=sys.stderr)
        clear(command)

    print("\n| command | fault | trials | same | else | ended after, median and most |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (name, kind), outcomes in sorted(counts.items()):
        others = ", ".join(f"{key}: {n}" for key, n in outcomes.items() if key != "same") or "0"
        ends = times[name, kind]
        took = f"{statistics.median(ends):.2f} s, {max(ends):.2f} s" if ends else "goes on"
        print(f"| {name} | {kind} | {sum(outcomes.values())} | {outcomes['same']} | {others} | {took} |")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
