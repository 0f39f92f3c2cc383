"""A training step of each method and algorithm against FedAvg-SimCLR's, run in turn on one core.

Two clients of 64 images of 64×64 train an epoch of batch 32 a round, ResNet-18, views of 128×128;
the second round's training is timed, with its views and what clients keep. Each method has its
authors' head, so a ratio is that of the whole setting. Sums and the server's work are not in it.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import h5py

from comparison import (
    BUSY,
    Comparison,
    Figure,
    Sample,
    case_of,
    finish,
    motet_version,
    parse,
    parser,
    print_case,
)
from machine import busy_share

JOB = """\
name: methods
data: {{ image: images.h5 }}
clients: {{ count: 2, partitioner: dirichlet-balanced, alpha: 100000 }}
encoder: {{ name: resnet18, input: {input} }}
method: simclr
training: {{ local_epochs: 1, batch: {batch}, rate: 1e-4 }}
federation: {{ rounds: 2, participation: 100% }}
monitor: {{ every: 0 }}
"""


def settings() -> dict[str, list[str]]:
    """What each contestant sets."""
    deep = ["encoder.hidden=2048", "encoder.hidden_layers=2", "encoder.hidden_norm=true",
            "encoder.projection=2048"]
    byol = ["method=byol", "encoder.hidden=4096", "encoder.hidden_norm=true",
            "encoder.projection=2048"]
    found = {
        "simclr": [],
        "barlowtwins": ["method=barlowtwins", *deep],
        "byol": byol,
        "moco": ["method=moco", "encoder.hidden=512"],
        "simsiam": ["method=simsiam", *deep, "encoder.projection_norm=true"],
        "vicreg": ["method=vicreg", "encoder.hidden=8192", "encoder.hidden_layers=2",
                   "encoder.hidden_norm=true", "encoder.projection=8192"],
        "feddecorr": ["method={name: simclr, add: [feddecorr]}"],
        "moon": ["method={name: simclr, add: [moon]}"],
        "fedx": ["method={name: simclr, temperature: 0.1, add: [fedx]}", "encoder.hidden=256",
                 "encoder.projection=256", "training.views=joined"],
        "uniformity": ["method={name: simclr, add: [uniformity]}"],
        "fedu": [*byol, "federation.aggregator=fedu"],
        "fedema": [*byol, "federation.aggregator=fedema"],
        "orchestra": ["method=orchestra", "encoder.hidden=512", "encoder.hidden_norm=true",
                      "encoder.projection=512", "encoder.projection_norm=true",
                      "federation.aggregator=orchestra"],
        "fedanchor": ["method={name: fedanchor, classes: 4}", "federation.aggregator={name: fedanchor, labels: 10%, epochs: 1}"],
    }
    for name in ("eua", "ldawa", "fedprox", "fednova", "scaffold", "fedbn"):
        found[name] = [f"federation.aggregator={name}"]
    return found


def read_arguments() -> argparse.Namespace:
    options = parser(__doc__, pairs=3)
    options.add_argument("--batch", type=int, default=32)
    options.add_argument("--input", type=int, default=128, help="side of the views")
    options.add_argument("--only", nargs="+", help="these beside simclr")
    return parse(options)


def call(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stderr[-4000:])
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}")


def step(motet: str, name: str, own: list[str], folder: Path) -> Sample:
    """Seconds of the last round's training, a step."""
    busy = busy_share()
    command = [motet, "run", "job.yaml", "--fresh"]
    for setting in [*own, f"results={name}", "shards=shards"]:
        command += ["--set", setting]
    call(command, folder)
    with h5py.File(folder / name / "results.h5") as results:
        rounds = results["rounds"]
        seconds = float(rounds["seconds/training"][-1]) / int(rounds["steps"][-1])
    return {"step_seconds": seconds, BUSY: busy}


def main() -> None:
    arguments = read_arguments()
    motet = str(arguments.motet)
    found = settings()
    if arguments.only:
        found = {name: found[name] for name in ["simclr", *arguments.only]}
    samples: dict[str, list[Sample]] = {name: [] for name in found}
    with tempfile.TemporaryDirectory(prefix="motet-peers-") as name:
        folder = Path(name)
        (folder / "job.yaml").write_text(
            JOB.format(input=arguments.input, batch=arguments.batch))
        call([motet, "data", "synthesize", "--to", "images.h5", "--sounds", "0", "--images", "160",
              "--classes", "4", "--side", "64"], folder)
        call([motet, "shard", "job.yaml", "--set", "shards=shards"], folder)
        for turn in range(arguments.pairs):
            for contestant, own in found.items():
                print(f"  turn {turn + 1} of {arguments.pairs}: {contestant} …", file=sys.stderr)
                samples[contestant].append(step(motet, contestant, own, folder))
    case = case_of(
        f"a step of {arguments.batch} samples, {arguments.input}×{arguments.input}", Figure("s"),
        "step_seconds", samples)
    case = replace(case, ours="simclr")
    print_case(case)
    finish(
        Comparison("methods", "Methods and algorithms", [case], {"motet": motet_version(arguments.motet)}),
        arguments.to)


if __name__ == "__main__":
    main()
