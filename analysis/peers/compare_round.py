"""A whole federated round in Motet, Flower and pfl-research, run in turn.

By default 10 clients of 500 images of 64×64, one local epoch of batch 256 (so 256 and 244),
ResNet-18, SimCLR with two augmented views of 128×128 a sample, on all cores. Each run of a
contestant starts it anew, warms up, and times one round.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from comparison import (
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
    versions_of,
)
from machine import cores

HERE = Path(__file__).parent
PEERS = {"flower": "round_flower.py", "pfl-research": "round_pfl.py"}


def read_arguments() -> argparse.Namespace:
    options = parser(__doc__, pairs=3)
    options.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS))
    options.add_argument("--clients", type=int, default=10)
    options.add_argument("--samples", type=int, default=500, help="of each client")
    options.add_argument("--batch", type=int, default=256)
    options.add_argument("--input", type=int, default=128, help="side of the views")
    options.add_argument("--side", type=int, default=64, help="side of the stored images")
    options.add_argument("--workers", type=int, default=cores())
    return parse(options)


def synthesize(arguments: argparse.Namespace, folder: Path) -> Path:
    store = folder / "images.h5"
    made = subprocess.run(
        [str(arguments.motet), "data", "synthesize", "--to", str(store), "--sounds", "0",
         "--images", str(arguments.clients * arguments.samples), "--side", str(arguments.side)],
        stdout=subprocess.DEVNULL, check=False,
    )
    if made.returncode != 0:
        sys.exit("the images could not be made; see --clients, --samples and --side")
    return store


def contestants(arguments: argparse.Namespace, store: Path) -> dict[str, list[str]]:
    common = [
        f"--store={store}", f"--clients={arguments.clients}", f"--batch={arguments.batch}",
        f"--input={arguments.input}", f"--workers={arguments.workers}",
    ]
    motet = [sys.executable, str(HERE / "round_motet.py"), f"--motet={arguments.motet}"]
    commands = {"motet": [*motet, *common]}
    for peer in arguments.peers:
        commands[peer] = [sys.executable, str(HERE / PEERS[peer]), *common]
    return commands


def with_round(samples: list[Sample]) -> list[Sample]:
    """Each contestant times one round."""
    return [sample | {"round_seconds": sample["seconds"][0]} for sample in samples]


def main() -> None:
    arguments = read_arguments()
    with tempfile.TemporaryDirectory(prefix="motet-peers-") as folder:
        store = synthesize(arguments, Path(folder))
        samples = run_in_turn(contestants(arguments, store), arguments.pairs)
    samples = {name: with_round(own) for name, own in samples.items()}
    losses = {name: round(own[0]["losses"][0], 3) for name, own in samples.items()}
    ours = samples["motet"][0]
    case = case_of(
        f"{arguments.clients} clients of {arguments.samples} samples, batch {arguments.batch}, "
        f"{arguments.workers} workers",
        Figure("s"), "round_seconds", samples,
        [
            f"mean loss of the round: {json.dumps(losses)}",
            f"motet: {ours['views']} views, {ours['steps']} steps, {json.dumps(ours['phases'])}",
        ],
    )
    print_case(case)
    finish(
        Comparison(
            "round", "A federated round, ResNet-18, SimCLR, with views", [case],
            {"motet": motet_version(arguments.motet)}
            | versions_of("torch", "torchvision", "flwr", "ray", "pfl"),
            ["Peers: one thread a worker, channels last, allocator tuned, views in batches."],
        ),
        arguments.to,
    )


if __name__ == "__main__":
    main()
