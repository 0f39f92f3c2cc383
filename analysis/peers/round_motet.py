"""One round of FedAvg in Motet under mpirun, timed from one checkpoint to the next.

Cuts a sample store into clients of nearly equal size and runs all of them in two rounds, without
the monitor; the second is timed. That is the whole of it: broadcast, training with views, sum,
server, and the checkpoint that Motet, unlike its peers, writes.
`python round_motet.py --motet motet --store images.h5` prints one line of JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import h5py

from comparison import AS_ROOT, motet_version
from machine import cores

PHASES = ("broadcast", "training", "sum", "server")
JOB = """\
name: peers
data: {{ image: {store} }}
clients: {{ count: {clients}, alpha: 100000 }}
encoder: {{ name: resnet18, input: {input} }}
method: {{ name: simclr, temperature: 0.5 }}
training: {{ local_epochs: 1, batch: {batch}, rate: 0.03, momentum: 0.9, weight_decay: 1e-4 }}
federation: {{ rounds: 2, participation: 100% }}
monitor: {{ every: 0 }}
shards: shards
results: run
"""


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--motet", type=Path, default=Path(".build/release/motet"))
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--input", type=int, default=128)
    parser.add_argument("--workers", type=int, default=cores())
    arguments = parser.parse_args()
    arguments.motet = arguments.motet.resolve()
    arguments.store = arguments.store.resolve()
    return arguments


def run(command: list[str], folder: Path) -> None:
    """What the program says goes to standard error: standard output is for the JSON."""
    variables = os.environ | AS_ROOT
    done = subprocess.run(command, cwd=folder, env=variables, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}")


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    motet = str(arguments.motet)
    (folder / "job.yaml").write_text(JOB.format(
        store=arguments.store, clients=arguments.clients, input=arguments.input,
        batch=arguments.batch))
    run([motet, "shard", "job.yaml"], folder)
    run(["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(1 + arguments.workers),
         motet, "run", "job.yaml"], folder)
    return read_round(folder / "run")


def read_round(folder: Path) -> dict[str, Any]:
    """The last of two rounds."""
    first, second = sorted(folder.glob("checkpoint-*.h5"))
    nanoseconds = second.stat().st_mtime_ns - first.stat().st_mtime_ns
    with h5py.File(folder / "results.h5") as results:
        rounds = results["rounds"]
        return {
            "seconds": [nanoseconds * 1e-9],
            "phases": {phase: float(rounds[f"seconds/{phase}"][-1]) for phase in PHASES},
            "losses": [float(rounds["loss/image"][-1])],
            "views": int(rounds["views"][-1]),
            "steps": int(rounds["steps"][-1]),
            "idle_share": float(rounds["idle_share"][-1]),
        }


def main() -> None:
    arguments = read_arguments()
    with tempfile.TemporaryDirectory(prefix="motet-round-") as folder:
        report = measure(arguments, Path(folder))
    report |= {
        "framework": "motet", "version": motet_version(arguments.motet),
        "clients": arguments.clients, "workers": arguments.workers,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
