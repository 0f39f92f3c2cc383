"""Motet's training step against PyTorch's, run in turn on the same machine.

Each pair runs `motet bench step`, PyTorch as it comes, PyTorch with its allocator tuned, and so
in bf16 where asked. Views per second, and each one's peak memory.
"""

import argparse
import sys
from pathlib import Path

from comparison import (
    Case,
    Comparison,
    Figure,
    case_of,
    finish,
    motet_version,
    parse,
    parser,
    print_case,
    run_in_turn,
)
from environment import THREAD_VARIABLES

PYTORCH = Path(__file__).with_name("step_pytorch.py")
ONE_THREAD = {name: "1" for name in THREAD_VARIABLES}


def read_arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--encoder", choices=["resnet18", "vit"], default="resnet18")
    options.add_argument("--input", type=int, default=128, help="side of the images in pixels")
    options.add_argument("--bf16", action="store_true", help="PyTorch in bf16 too")
    options.add_argument("--batches", type=int, nargs="+", default=[32, 256])
    options.add_argument("--steps", type=int, default=5, help="timed steps in a pair")
    options.add_argument("--warmup", type=int, default=2, help="steps before, not timed")
    return parse(options)


def contestants(arguments: argparse.Namespace, batch: int) -> dict[str, list[str]]:
    step = [f"--encoder={arguments.encoder}", f"--input={arguments.input}", f"--batch={batch}"]
    timed = [f"--steps={arguments.steps}", f"--warmup={arguments.warmup}"]
    pytorch = [sys.executable, str(PYTORCH), "--json", *step, *timed]
    commands = {
        "motet": [str(arguments.motet), "bench", "step", *step, *timed, "--json"],
        "pytorch tuned": [*pytorch, "--tuned"],
        "pytorch as it comes": pytorch,
    }
    if arguments.bf16:
        commands["pytorch tuned, bf16"] = [*pytorch, "--tuned", "--precision=bf16"]
    return commands


def compare(arguments: argparse.Namespace, batch: int) -> tuple[Case, str]:
    samples = run_in_turn(contestants(arguments, batch), arguments.pairs, ONE_THREAD)
    ours = samples["motet"][0]
    case = case_of(
        f"{arguments.encoder}, 2 × {batch} views of {arguments.input}×{arguments.input}",
        Figure("views/s", more_is_better=True), "views_per_second", samples,
        [f"motet with {ours['lanes']} lanes"],
    )
    return case, str(samples["pytorch tuned"][0]["torch"])


def main() -> None:
    arguments = read_arguments()
    cases = []
    for batch in arguments.batches:
        case, torch = compare(arguments, batch)
        print_case(case)
        cases.append(case)
    comparison = Comparison(
        name=f"step {arguments.encoder}",
        title=f"Training step, {arguments.encoder}, SimCLR, one thread",
        cases=cases,
        versions={"motet": motet_version(arguments.motet), "torch": torch},
        notes=["Without augmentation, Float32. PyTorch channels last; tuned: its allocator."],
    )
    finish(comparison, arguments.to)


if __name__ == "__main__":
    main()
