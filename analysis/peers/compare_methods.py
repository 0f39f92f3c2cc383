"""What methods and algorithms cost beside FedAvg-SimCLR, run in turn on one core.

A step without augmentation is `motet bench step`; each method has its authors' head, so a ratio is
that of the whole setting. What an algorithm adds is in a client's training instead: two clients
of one small step each, in a second round, so that what is left is the model's copies, and reading
and writing what a client keeps.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import h5py

from comparison import (
    BUSY,
    Case,
    Comparison,
    Figure,
    Sample,
    case_of,
    finish,
    motet_version,
    parse,
    parser,
    print_case,
    run_in_turn,
)
from environment import THREAD_VARIABLES
from machine import busy_share
from round_motet import run

ONE_THREAD = {name: "1" for name in THREAD_VARIABLES}
JOB = """\
name: methods
data: { image: images.h5 }
clients: { count: 2, partitioner: dirichlet-balanced, alpha: 100000 }
encoder: { name: resnet18, input: 32 }
training: { local_epochs: 1, batch: 64, rate: 1e-4 }
federation: { rounds: 2, participation: 100% }
monitor: { every: 0 }
shards: shards
"""
DEEP = ["encoder.hidden=2048", "encoder.hidden_layers=2", "encoder.hidden_norm=true",
        "encoder.projection=2048"]
BYOL = ["method=byol", "encoder.hidden=4096", "encoder.hidden_norm=true",
        "encoder.projection=2048"]
#: What each sets, SimCLR first.
METHODS = {
    "simclr": ["method=simclr"],
    "barlowtwins": ["method=barlowtwins", *DEEP],
    "byol": BYOL,
    "moco": ["method=moco", "encoder.hidden=512"],
    "simsiam": ["method=simsiam", *DEEP, "encoder.projection_norm=true"],
    "vicreg": ["method=vicreg", "encoder.hidden=8192", "encoder.hidden_layers=2",
               "encoder.hidden_norm=true", "encoder.projection=8192"],
    "orchestra": ["method=orchestra", "encoder.hidden=512", "encoder.hidden_norm=true",
                  "encoder.projection=512", "encoder.projection_norm=true",
                  "federation.aggregator=orchestra"],
    "fedanchor": ["method=fedanchor", "federation.aggregator=fedanchor"],
    "simclr, feddecorr": ["method={name: simclr, add: [feddecorr]}"],
    "simclr, moon": ["method={name: simclr, add: [moon]}"],
    "simclr, fedx": ["method={name: simclr, add: [fedx]}", "encoder.hidden=256",
                     "encoder.projection=256", "training.views=joined"],
    "simclr, uniformity": ["method={name: simclr, add: [uniformity]}"],
}
#: FedAvg first.
ALGORITHMS = ["fedavg", "ldawa", "fedprox", "fednova", "scaffold", "fedbn", "eua"]


def read_arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--batch", type=int, default=32)
    options.add_argument("--input", type=int, default=128, help="side of the views")
    options.add_argument("--steps", type=int, default=3, help="timed steps of each in a turn")
    return parse(options)


def steps(arguments: argparse.Namespace) -> Case:
    commands = {
        name: [
            str(arguments.motet), "bench", "step", "--json", "--batch", str(arguments.batch),
            "--input", str(arguments.input), "--steps", str(arguments.steps),
            *(part for setting in own for part in ("--set", setting)),
        ]
        for name, own in METHODS.items()
    }
    samples = run_in_turn(commands, arguments.pairs, ONE_THREAD)
    case = case_of(
        f"a step of {arguments.batch} samples, {arguments.input}×{arguments.input}",
        Figure("ms"), "milliseconds", samples)
    return replace(case, ours="simclr")


def clients(arguments: argparse.Namespace) -> Case:
    motet = str(arguments.motet)
    samples: dict[str, list[Sample]] = {name: [] for name in ALGORITHMS}
    with tempfile.TemporaryDirectory(prefix="motet-peers-") as name:
        folder = Path(name)
        (folder / "job.yaml").write_text(JOB)
        run([motet, "data", "synthesize", "--to", "images.h5", "--sounds", "0", "--images",
             "160", "--classes", "4", "--side", "32"], folder)
        run([motet, "shard", "job.yaml"], folder)
        for turn in range(arguments.pairs):
            for own in ALGORITHMS:
                print(f"  pair {turn + 1} of {arguments.pairs}: {own} …", file=sys.stderr)
                busy = busy_share()
                run([motet, "run", "job.yaml", "--fresh", "--set",
                     f"federation.aggregator={own}", "--set", f"results={own}"], folder)
                with h5py.File(folder / own / "results.h5") as results:
                    seconds = float(results["rounds/seconds/training"][-1])
                samples[own].append({"seconds": seconds / 2, BUSY: busy})
    return replace(
        case_of("a client of one step of 64 samples, 32×32", Figure("s"), "seconds", samples),
        ours="fedavg")


def main() -> None:
    arguments = read_arguments()
    cases = [steps(arguments), clients(arguments)]
    for case in cases:
        print_case(case)
    version = {"motet": motet_version(arguments.motet)}
    finish(Comparison("methods", "Methods and algorithms", cases, version), arguments.to)


if __name__ == "__main__":
    main()
