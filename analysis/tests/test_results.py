"""What `motet results --to` writes, by other readers, where a build of Motet is there."""

import csv
import math
import os
import subprocess
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest

ROOT = Path(__file__).parents[2]
MOTET = Path(os.environ.get("MOTET", ROOT / ".build/release/motet"))

JOB = """
name: small
data: { image: data.h5, audio: data.h5 }
clients: { count: 4, alpha: 1000 }
encoder: { name: vit, input: 32, patch: 8, width: 64, depth: 2, heads: 2, mlp: 128 }
training: { local_epochs: 1, batch: 16 }
federation: { rounds: 5, participation: 50% }
monitor: { every: 2, drift: true, knn: { k: 5 } }
results: run
"""

Columns = dict[str, list[Any]]


def motet(*arguments: str | Path) -> None:
    result = subprocess.run([MOTET, *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of five rounds and an evaluation."""
    if not MOTET.is_file():
        pytest.skip(f"{MOTET} is not built")
    folder = tmp_path_factory.mktemp("results")
    motet("data", "synthesize", "--to", folder / "data.h5", "--images", "48", "--sounds", "48",
          "--classes", "3", "--side", "32")
    (folder / "job.yaml").write_text(JOB)
    motet("shard", folder / "job.yaml")
    motet("run", folder / "job.yaml")
    motet("evaluate", folder / "run", "--task", "knn", "--data", folder / "data.h5",
          "--set", "modality=image", "--set", "k=5")
    return folder


def columns(folder: Path) -> Columns:
    """The columns of /rounds in results.h5, by their paths under it."""
    found: Columns = {}
    with h5py.File(folder / "run/results.h5", "r") as file:
        def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                found[name] = item[()].tolist()
        file["rounds"].visititems(visit)
    return found


def measurements(folder: Path) -> dict[tuple[int, str], float]:
    """The monitor's accuracies by round and modality."""
    with h5py.File(folder / "run/results.h5", "r") as file:
        monitor = file["monitor"]
        return dict(zip(
            zip(monitor["round"][()].tolist(), monitor["modality"].asstr()[()]),
            monitor["accuracy"][()].tolist()))


def test_csv(folder: Path) -> None:
    motet("results", folder / "run", "--to", folder / "run.csv")
    with open(folder / "run.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["round"] for row in rows] == [str(n) for n in range(6)]
    expected = columns(folder)
    assert set(rows[0]) == {"run"} | set(expected) | {
        f"{name}/{modality}" for name in ("accuracy", "data") for modality in ("audio", "image")}
    for name, values in expected.items():
        if name != "round":
            assert rows[0][name] == ""
        for row, value in zip(rows[1:], values):
            # Digit by digit: no rounding.
            assert (float(row[name]) == value) if row[name] else math.isnan(value), name
    found = {(int(row["round"]), modality): float(row[f"accuracy/{modality}"])
             for row in rows for modality in ("audio", "image") if row[f"accuracy/{modality}"]}
    assert found == measurements(folder) and len(found) == 8
    assert rows[0]["data/image"] == "data"

    [path] = (folder / "run/evaluations").glob("*.h5")
    with open(folder / "run-evaluations.csv", newline="", encoding="utf-8") as file:
        figures = list(csv.DictReader(file))
    with h5py.File(path, "r") as file:
        assert [row["figure"] for row in figures] == file["figures/name"].asstr()[()].tolist()
        for name in ("value", "low", "high"):
            numpy.testing.assert_array_equal(
                [float(row[name] or "nan") for row in figures], file[f"figures/{name}"][()])
        assert {row["spec"] for row in figures} == {file.attrs["spec"]}


def test_tensorboard(folder: Path) -> None:
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator").EventAccumulator
    motet("results", folder / "run", "--to", f"{folder}/tensorboard/")
    events = accumulator(str(folder / "tensorboard/run"))
    events.Reload()
    expected = columns(folder)
    times = dict(zip(expected["round"], expected.pop("time")))
    assert sorted(times.values()) == list(times.values())
    measured = measurements(folder)

    def check(tag: str, values: dict[int, float]) -> None:
        found = events.Scalars(tag)
        assert [event.step for event in found] == sorted(values), tag
        for event in found:
            assert event.value == numpy.float32(values[event.step]), tag
            # Round 0 has no time of its own.
            assert event.step == 0 or event.wall_time == times[event.step], tag

    rounds = expected.pop("round")
    seconds = {name: values for name, values in expected.items() if name.startswith("seconds/")}
    tags = {"views_per_second"}
    for name, values in expected.items():
        own = {n: value for n, value in zip(rounds, values) if not math.isnan(value)}
        if name == "seconds/monitor":
            own = {n: value for n, value in own.items() if (n, "image") in measured}
        check(name, own)
        tags.add(name)
    for modality in ("audio", "image"):
        check(f"accuracy/{modality}", {n: value for (n, m), value in measured.items() if m == modality})
        tags.add(f"accuracy/{modality}")
    phases = [sum(values[i] for name, values in seconds.items() if name != "seconds/monitor")
              for i in range(len(rounds))]
    for event, views, total in zip(events.Scalars("views_per_second"), expected["views"], phases):
        assert math.isclose(event.value, views / total, rel_tol=1e-6)
    assert set(events.Tags()["scalars"]) == tags
    assert events.Tags()["tensors"] == ["job"]
    [job] = events.Tensors("job")
    text = job.tensor_proto.string_val[0].decode()
    assert text.startswith("```yaml\nname: \"small\"\n") and text.endswith("```\n")
    assert "rounds: 5\n" in text
