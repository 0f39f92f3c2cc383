"""Motet's curves beside the twin's and lightly's, epoch by epoch, as Markdown.

    motet gather runs/curves/cifar10 --to curves.h5
    python compare_curves.py curves.h5 simclr.jsonl byol.jsonl …

`curves.h5` is gathered from jobs/curves/cifar10.yaml, lines are those of `curves_lightly.py`, in
any number of files: seeds of one method and variant go together, with their deviation.
"""

import argparse
import json
import statistics
from collections import defaultdict
from pathlib import Path

import h5py

#: kNN accuracy by epoch, in percent, read off lightly's plot of 800 epochs with batch 512
#: (benchmarks.rst), each ± 1.5. The plot's curves are smoothed, by how much it does not say, and a
#: smoothed curve that rises lags behind the measured one.
PUBLISHED = {
    "simclr": {11: 43.5, 30: 60.5, 40: 61.9, 50: 62.6},
    "barlowtwins": {11: 25.9, 20: 35.8, 25: 43.4, 30: 48.5, 40: 55.9, 50: 60.4},
    "byol": {11: 40.3, 40: 68.1, 50: 69.3},
    "moco": {11: 39.7, 30: 61.4, 50: 68.0},
    "simsiam": {11: 28.7, 50: 56.6},
}
#: What Motet's loss has beyond lightly's: ‖p − z‖² is 2 − 2 cos, where theirs is −cos.
LOSS_BEYOND = {"byol": 1.0}
COLUMNS = ("Motet", "twin, motet", "twin, lightly")
#: Of each method, column and epoch a value for each seed.
Values = dict[tuple[str, str, int], list[float]]


class Curves:
    def __init__(self) -> None:
        self.knn: Values = defaultdict(list)
        self.loss: Values = defaultdict(list)

    def read_gathered(self, path: Path) -> None:
        with h5py.File(path) as file:
            runs = file["runs"]
            methods = {
                run: label.decode().lower()
                for run, label in zip(runs["run"][()], runs["label.method"][()], strict=True)}
            table = file["monitor"]
            for run, epoch, accuracy in zip(
                    table["run"][()], table["round"][()], table["accuracy"][()], strict=True):
                self.knn[methods[run], COLUMNS[0], int(epoch)].append(100 * accuracy)
            table = file["rounds"]
            for run, epoch, loss in zip(
                    table["run"][()], table["round"][()], table["loss.image"][()], strict=True):
                method = methods[run]
                self.loss[method, COLUMNS[0], int(epoch)].append(
                    loss - LOSS_BEYOND.get(method, 0))

    def read_lines(self, path: Path) -> None:
        for text in path.read_text().splitlines():
            line = json.loads(text)
            place = line["method"], f"twin, {line['variant']}", line["epoch"]
            self.knn[place].append(line["knn"])
            if line["loss"] is not None:
                self.loss[place].append(line["loss"])

    def table(self, method: str) -> list[str]:
        """Empty where nothing is known of it."""
        epochs = sorted({place[2] for place in self.knn if place[0] == method})
        if not epochs:
            return []
        head = ["epoch", *(f"kNN {column}" for column in COLUMNS), "lightly's plot",
                *(f"loss {column}" for column in COLUMNS)]
        rows = [[
            str(epoch),
            *(shown(self.knn.get((method, column, epoch)), 1) for column in COLUMNS),
            shown([PUBLISHED[method][epoch]] if epoch in PUBLISHED[method] else None, 1),
            *(shown(self.loss.get((method, column, epoch)), 3) for column in COLUMNS),
        ] for epoch in epochs]
        return [f"## {method}", "", *(
            f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)), ""]


def shown(values: list[float] | None, digits: int) -> str:
    """The mean, and the deviation of several seeds."""
    if not values:
        return "–"
    mean = f"{statistics.fmean(values):.{digits}f}"
    if len(values) == 1:
        return mean
    return f"{mean} ± {statistics.stdev(values):.{digits}f} ({len(values)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("gathered", type=Path, help="what motet gather wrote")
    parser.add_argument("lines", type=Path, nargs="*", help="what curves_lightly.py printed")
    arguments = parser.parse_args()
    curves = Curves()
    curves.read_gathered(arguments.gathered)
    for path in arguments.lines:
        curves.read_lines(path)
    for method in PUBLISHED:
        print("\n".join(curves.table(method)))


if __name__ == "__main__":
    main()
