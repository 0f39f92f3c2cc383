"""Weighted kNN in Motet and as PyTorch's matmul + topk, run in turn."""

import argparse
import sys
from pathlib import Path

from comparison import (
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

PYTORCH = Path(__file__).with_name("knn_pytorch.py")


def read_arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--bank", type=int, default=100_000)
    options.add_argument("--queries", type=int, default=10_000)
    options.add_argument("--dimension", type=int, default=512)
    options.add_argument("--k", type=int, default=200)
    return parse(options)


def main() -> None:
    arguments = read_arguments()
    shape = [
        f"--{name}={getattr(arguments, name)}" for name in ("bank", "queries", "dimension", "k")
    ]
    samples = run_in_turn(
        {
            "motet": [str(arguments.motet), "bench", "knn", *shape, "--json"],
            "pytorch": [sys.executable, str(PYTORCH), *shape],
        },
        arguments.pairs,
    )
    case = case_of(
        f"{arguments.bank} × {arguments.dimension} bank, {arguments.queries} queries, "
        f"k = {arguments.k}",
        Figure("s"), "seconds", samples,
    )
    print_case(case)
    finish(
        Comparison(
            "knn", "Weighted kNN, one thread", [case],
            {"motet": motet_version(arguments.motet)} | versions_of("torch"),
            ["pytorch: 250 queries at a time, allocator tuned"],
        ),
        arguments.to,
    )


if __name__ == "__main__":
    main()
