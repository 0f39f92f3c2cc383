from pathlib import Path

import pytest

from gathered_file import GatheredFile
from motet_analysis.errors import InputError
from motet_analysis.gathered import load
from motet_analysis.measurements import measurements


def test_finished_runs_after_their_last_round(table6: Path) -> None:
    own = measurements(load(table6), "small-table6")
    assert own.keys == ["label.method"]
    assert len(own.rows) == 15 and set(own.rows["round"]) == {4}
    assert own.notes == [
        "1 of 6 runs are not finished and are left out", "5 figures of earlier rounds are left out"]


def two_ways(path: Path) -> Path:
    content = GatheredFile()
    for seed in (1, 2):
        for alpha in (0.1, 10.0):
            run = content.run(
                f"{seed}-{alpha}", "s", seed, set__clients__alpha__image=alpha)
            for features in ("encoder", "projection"):
                content.evaluate(run, "knn", "cifar10", 0.5, features=features, k=20)
            content.evaluate(run, "linear", "cifar10", 0.5, epochs=60)
    return content.write(path / "r.h5")


def test_other_ways_of_measuring_are_told_apart(tmp_path: Path) -> None:
    own = measurements(load(two_ways(tmp_path)), "s")
    assert set(own.rows["variant"]) == {"", "features=encoder", "features=projection"}
    assert set(own.rows["variant"][own.rows["task"] == "linear"]) == {""}
    assert own.notes == []


def test_choosing(tmp_path: Path) -> None:
    gathered = load(two_ways(tmp_path))
    own = measurements(gathered, "s", {"features": "encoder", "alpha": "0.1"})
    # Linear probes have no such option: they stay.
    assert len(own.rows) == 4 and own.keys == [] and set(own.rows["variant"]) == {""}
    with pytest.raises(InputError, match="'feature' is no setting"):
        measurements(gathered, "s", {"feature": "encoder"})


def test_a_job_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    content = GatheredFile()
    for name in ("a", "a-2"):
        content.evaluate(content.run(name, "s"), "knn", "cifar10", 0.5, k=20)
    own = measurements(load(content.write(tmp_path / "r.h5")), "s")
    assert len(own.rows) == 1 and "counted once" in own.notes[0]
