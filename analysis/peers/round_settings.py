"""The command line that round_flower.py and round_pfl.py have in common."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from environment import restart_if_needed
from machine import cores


@dataclass(frozen=True)
class RoundSettings:
    #: Sample store; clients are equal parts of its training images. None in a null round.
    store: Path | None
    #: Clients return the parameters that they were sent.
    null: bool
    clients: int
    batch: int
    input: int
    workers: int
    #: Timed rounds, and rounds before with few samples.
    rounds: int
    warmup: int
    warmup_samples: int


def read_settings(description: str | None, variables: dict[str, str]) -> RoundSettings:
    """Starts the program anew where it needs variables: a thread a worker, allocator, others."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--store", type=Path, help="sample store made by motet data")
    parser.add_argument("--null", action="store_true", help="clients return what they were sent")
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--input", type=int, default=128, help="side of the views")
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--rounds", type=int, default=1, help="timed rounds")
    parser.add_argument("--warmup", type=int, default=1, help="rounds before, not timed")
    parser.add_argument("--warmup-samples", type=int, default=32, help="of each client in them")
    arguments = vars(parser.parse_args())
    if arguments["store"] is None and not arguments["null"]:
        parser.error("--store FILE or --null")
    for name in ("clients", "batch", "input", "workers", "rounds", "warmup"):
        if arguments[name] < 1:
            parser.error(f"--{name} must be at least 1")
    if arguments["store"] is not None:
        arguments["store"] = arguments["store"].resolve()
        if not arguments["store"].is_file():
            parser.error(f"{arguments['store']}: no such file; see motet data synthesize")
    sys.argv[0] = str(Path(sys.argv[0]).resolve())
    restart_if_needed(threads=1, tuned=True, others=variables)
    return RoundSettings(**arguments)
