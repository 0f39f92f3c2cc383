"""Rounds in which no client trains: Motet, Flower and pfl-research, run in turn.

Peers' clients return the parameters of a ResNet-18 (11 million) untouched: what is left is
sending, adding and keeping house. Motet has two such rounds: clients that make no step, which it
need not add one by one, and clients whose parameters all differ from the global model's.
"""

import argparse
import statistics
import sys
from pathlib import Path

from comparison import (
    Case,
    Comparison,
    Figure,
    Sample,
    busy_notes,
    finish,
    motet_version,
    parse,
    parser,
    print_case,
    run_in_turn,
    versions_of,
)
from machine import cores, memory_bytes

HERE = Path(__file__).parent
PEERS = {"flower": "round_flower.py", "pfl-research": "round_pfl.py"}
KINDS = ("no step", "one dense update each")
#: A ResNet-18 with its BatchNorm statistics, Float32.
MODEL_BYTES = 45e6


def read_arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS))
    options.add_argument("--clients", type=int, nargs="+", default=[10, 100, 1000])
    options.add_argument("--workers", type=int, default=cores(), help="processes of a peer")
    return parse(options)


def fits(peer: str, clients: int) -> bool:
    """Flower's server holds every reply of a round, its workers' store some of them again, and
    after some rounds it was seen to take three times what the replies have."""
    return peer != "flower" or 4 * clients * MODEL_BYTES < memory_bytes()


def contestants(arguments: argparse.Namespace, clients: int) -> dict[str, list[str]]:
    commands = {
        "motet": [str(arguments.motet), "bench", "round", f"--clients={clients}", "--json"],
    }
    for peer in arguments.peers:
        if fits(peer, clients):
            commands[peer] = [
                sys.executable, str(HERE / PEERS[peer]), "--null", f"--clients={clients}",
                f"--workers={arguments.workers}", "--rounds=3",
            ]
    return commands


def case_of_kind(
    kind: str, clients: int, samples: dict[str, list[Sample]], notes: list[str]
) -> Case:
    name = f"{clients} clients, {kind}"
    figures = {"motet": [float(sample[name]["seconds"]) for sample in samples["motet"]]}
    for peer, own in samples.items():
        if peer != "motet":
            figures[peer] = [statistics.median(sample["seconds"]) for sample in own]
    return Case(name, Figure("s"), figures, notes=notes)


def compare(arguments: argparse.Namespace, clients: int) -> list[Case]:
    commands = contestants(arguments, clients)
    samples = run_in_turn(commands, arguments.pairs)
    notes = [
        f"{peer} was not run: its server would hold {clients} replies of 45 MB, more than the "
        "memory of this machine"
        for peer in arguments.peers
        if peer not in commands
    ]
    notes += busy_notes(samples)
    return [case_of_kind(kind, clients, samples, notes) for kind in KINDS]


def main() -> None:
    arguments = read_arguments()
    cases = []
    for clients in arguments.clients:
        for case in compare(arguments, clients):
            print_case(case)
            cases.append(case)
    finish(
        Comparison(
            "null", "A round without training, 11 million parameters", cases,
            {"motet": motet_version(arguments.motet)}
            | versions_of("torch", "flwr", "ray", "pfl"),
            [
                f"Motet is one process with one thread, its peers have {arguments.workers}.",
                "Flower polls every 0.1 s on both sides, as it comes.",
            ],
        ),
        arguments.to,
    )


if __name__ == "__main__":
    main()
