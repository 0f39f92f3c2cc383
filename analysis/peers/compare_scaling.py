"""What a second worker and a second thread bring: Motet, and PyTorch's threads, run in turn.

Workers: a federated round of small clients by one worker and by two. Threads: a training step on
one thread and on two, in Motet and in PyTorch.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from compare_round import synthesize
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
    versions_of,
)

HERE = Path(__file__).parent


def read_arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--many", type=int, default=2, help="workers and threads against one")
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--samples", type=int, default=64, help="of each client")
    options.add_argument("--batch", type=int, default=32)
    options.add_argument("--input", type=int, default=128)
    options.add_argument("--side", type=int, default=64)
    return parse(options)


def workers(arguments: argparse.Namespace) -> Case:
    many = f"{arguments.many} workers"
    with tempfile.TemporaryDirectory(prefix="motet-peers-") as folder:
        store = synthesize(arguments, Path(folder))
        commands = {
            name: [
                sys.executable, str(HERE / "round_motet.py"), f"--motet={arguments.motet}",
                f"--store={store}", f"--clients={arguments.clients}",
                f"--batch={arguments.batch}", f"--input={arguments.input}",
                f"--workers={count}",
            ]
            for name, count in ((many, arguments.many), ("1 worker", 1))
        }
        samples = run_in_turn(commands, arguments.pairs)
    for own in samples.values():
        for sample in own:
            sample["round_seconds"] = sample["seconds"][0]
    case = case_of(
        f"motet, a round of {arguments.clients} clients of {arguments.samples} samples",
        Figure("s"), "round_seconds", samples)
    return replace(case, ours=many)


def threads(arguments: argparse.Namespace, name: str, command: list[str], key: str) -> Case:
    many = f"{arguments.many} threads"
    samples = run_in_turn(
        {many: [*command, f"--threads={arguments.many}"], "1 thread": [*command, "--threads=1"]},
        arguments.pairs,
    )
    case = case_of(
        f"{name}, a step of 2 × {arguments.batch} views", Figure("views/s", more_is_better=True),
        key, samples)
    return replace(case, ours=many)


def main() -> None:
    arguments = read_arguments()
    batch = f"--batch={arguments.batch}"
    motet = [str(arguments.motet), "bench", "step", batch, "--json"]
    pytorch = [sys.executable, str(HERE / "step_pytorch.py"), batch, "--tuned", "--json"]
    cases = [workers(arguments)]
    cases.append(threads(arguments, "motet", motet, "views_per_second"))
    cases.append(threads(arguments, "pytorch", pytorch, "views_per_second"))
    for case in cases:
        print_case(case)
    finish(
        Comparison(
            "scaling", "Workers and threads, ResNet-18", cases,
            {"motet": motet_version(arguments.motet)} | versions_of("torch"),
        ),
        arguments.to,
    )


if __name__ == "__main__":
    main()
