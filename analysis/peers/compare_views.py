"""What a view costs in Motet, and in torchvision, PyTorch and librosa: run in turn, one thread."""

import argparse
import sys
from pathlib import Path
from typing import Any

from comparison import (
    BUSY,
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
from environment import THREAD_VARIABLES

PYTORCH = Path(__file__).with_name("views_pytorch.py")
NOTES = [
    "torchvision v2: transforms on UInt8 tensors, one after the other. pytorch, batched: 256 "
    "images or 32 sounds at a time, resize and blur as products with matrices.",
    "pytorch: torch.fft, one sound at a time, the calls of torchaudio's MelSpectrogram. librosa: "
    "melspectrogram of one sound.",
]


def read_arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--views", type=int, default=500, help="views of each case in a run")
    return parse(options)


def motet_figure(sample: Sample, case: str) -> float:
    return float(sample[case]["training_ms"])


def cases_of(samples: dict[str, list[Sample]]) -> list[Case]:
    theirs: list[dict[str, Any]] = samples["pytorch"]
    cases = []
    for name, ways in theirs[0].items():
        if name == BUSY:
            continue
        figures = {"motet": [motet_figure(sample, name) for sample in samples["motet"]]}
        for way in ways:
            figures[way] = [float(sample[name][way]) for sample in theirs]
        cases.append(Case(name, Figure("ms/view"), figures, notes=busy_notes(samples)))
    return cases


def main() -> None:
    arguments = read_arguments()
    views = f"--views={arguments.views}"
    samples = run_in_turn(
        {
            "motet": [str(arguments.motet), "bench", "views", views, "--json"],
            "pytorch": [sys.executable, str(PYTORCH), views, "--json"],
        },
        arguments.pairs, {name: "1" for name in THREAD_VARIABLES},
    )
    cases = cases_of(samples)
    for case in cases:
        print_case(case)
    finish(
        Comparison(
            "views", "Training views of 128×128, one thread", cases,
            {"motet": motet_version(arguments.motet)}
            | versions_of("torch", "torchvision", "librosa"),
            NOTES,
        ),
        arguments.to,
    )


if __name__ == "__main__":
    main()
