"""Gathered files, as `motet gather` writes them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy


@dataclass
class GatheredFile:
    """What is to be in a file; `write` writes it, sealed."""

    runs: list[dict[str, object]] = field(default_factory=list)
    rounds: list[dict[str, object]] = field(default_factory=list)
    monitor: list[dict[str, object]] = field(default_factory=list)
    evaluations: list[dict[str, object]] = field(default_factory=list)
    damaged: list[dict[str, object]] = field(default_factory=list)
    #: (run, round): rows of (data, modality, label, features).
    embeddings: dict[tuple[str, int], list[tuple[str, str, int, Sequence[float]]]] = field(
        default_factory=dict
    )

    def run(self, name: str, sweep: str = "", seed: float = 1, state: str = "finished",
            completed: int = 4, **columns: object) -> str:
        """A run; `label__method` is the column `label.method`."""
        self.runs.append(
            {
                "run": name, "path": f"/runs/{name}", "name": sweep, "state": state,
                "failure": "", "completed": completed, "rounds": 4, "model": f"hash of {name}",
                "motet": "0.1.0", "host": "node1", "ranks": 3, "instruction_set": "AVX2",
                "damaged": 0, "sweep": sweep, "cell": len(self.runs) + 1, "set.seed": float(seed),
                "set.name": sweep,
                **{key.replace("__", "."): value for key, value in columns.items()},
            }
        )
        return name

    def evaluate(self, run: str, task: str, data: str, value: float, figure: str = "accuracy",
                 number: int = 4, **options: object) -> None:
        """A figure of a run."""
        modality = "audio" if data in ("fsdd", "esc50", "vggsound") else "image"
        spec = {"name": task, "data": f"/data/{data}.h5", "modality": modality, **options}
        self.evaluations.append(
            {
                "run": run, "task": task, "spec": json.dumps(spec, sort_keys=True), "data": data,
                "modality": modality, "round": number, "figure": figure, "value": value,
                "low": value - 0.01, "high": value + 0.01, "count": 300,
                "file": f"evaluations/{task}-0123456789ab.h5",
            }
        )

    def write(self, path: Path) -> Path:
        """The file."""
        with h5py.File(path, "w") as file:
            file.attrs["format"] = "motet gathered"
            file.attrs["format_version"] = numpy.int64(1)
            file.attrs["motet_version"] = "0.1.0"
            for name, rows, empty in (
                ("runs", self.runs, {"run": "", "name": "", "state": "", "completed": 0,
                                     "sweep": "", "set.seed": 0.0}),
                ("rounds", self.rounds, {"run": "", "round": 0}),
                ("monitor", self.monitor, {"run": "", "round": 0, "data": "", "modality": "",
                                           "accuracy": 0.0}),
                ("evaluations", self.evaluations, {
                    "run": "", "task": "", "spec": "", "data": "", "modality": "", "round": 0,
                    "figure": "", "value": 0.0, "low": 0.0, "high": 0.0, "count": 0, "file": ""}),
                ("damaged", self.damaged, {"run": "", "file": "", "message": ""}),
            ):
                _write_table(file.create_group(name), rows, empty)
            for (run, number), samples in self.embeddings.items():
                _write_embeddings(file.create_group(f"embeddings/{run}/{number}"), samples)
        content = path.read_bytes()
        seal = b"\nmotet sha256 " + hashlib.sha256(content).hexdigest().encode()
        path.write_bytes(content + seal)
        return path


def _write_table(
    group: h5py.Group, rows: list[dict[str, object]], empty: Mapping[str, object]
) -> None:
    # Where a row has no value of a column, it is not a number, -1 or an empty text.
    kinds = {name: value for row in rows for name, value in row.items()} or empty
    for name, kind in kinds.items():
        if isinstance(kind, str):
            values = [row.get(name, "") for row in rows]
            group.create_dataset(name, data=values, dtype=h5py.string_dtype())
        elif isinstance(kind, float):
            group[name] = numpy.array([row.get(name, numpy.nan) for row in rows], dtype="f8")
        else:
            group[name] = numpy.array([row.get(name, -1) for row in rows], dtype="i8")


def _write_embeddings(
    group: h5py.Group, samples: list[tuple[str, str, int, Sequence[float]]]
) -> None:
    group["features"] = numpy.array([sample[3] for sample in samples], dtype="f4")
    group["label"] = numpy.array([sample[2] for sample in samples], dtype="i4")
    group["row"] = numpy.arange(len(samples), dtype="i8")
    for name, place in (("data", 0), ("modality", 1)):
        group.create_dataset(
            name, data=[sample[place] for sample in samples], dtype=h5py.string_dtype())
    group.attrs["features"] = "encoder"
    group.attrs["split"] = "test"
