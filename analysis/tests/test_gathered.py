from pathlib import Path

import h5py
import numpy
import pytest

from gathered_file import GatheredFile
from motet_analysis.errors import InputError
from motet_analysis.gathered import load


def test_tables_are_what_was_written(table6: Path) -> None:
    gathered = load(table6)
    assert gathered.motet == "0.1.0"
    assert list(gathered.runs["run"])[:2] == ["FSSUAVL-R-18-1", "FSSUAVL-R-18-2"]
    assert gathered.runs["completed"].tolist() == [4, 4, 4, 4, 4, 2]
    assert gathered.runs["set.seed"].dtype == numpy.float64
    assert gathered.sweeps == ["small-table6"]
    assert len(gathered.evaluations) == 21 and len(gathered.rounds) == 0
    assert gathered.damaged["message"].tolist() == ["damaged: <its sum>"]
    assert gathered.embeddings == {}


def test_what_is_absent_is_absent(tmp_path: Path) -> None:
    content = GatheredFile()
    content.run("a", **{"set.training.rate": 0.1, "set.views.audio.preset": "crop"})
    content.run("b")
    runs = load(content.write(tmp_path / "r.h5")).runs
    assert runs["set.training.rate"][0] == 0.1 and numpy.isnan(runs["set.training.rate"][1])
    assert runs["set.views.audio.preset"].tolist() == ["crop", ""]


def test_several_files_are_one(tmp_path: Path) -> None:
    first, second = GatheredFile(), GatheredFile()
    first.run("a", "s", 1, label__method="FedU")
    first.evaluate("a", "knn", "cifar10", 0.5)
    second.run("b", "s", 2, **{"set.training.rate": 0.1})
    second.evaluate("b", "knn", "cifar10", 0.25)
    paths = first.write(tmp_path / "1.h5"), second.write(tmp_path / "2.h5")
    both = load(*paths)
    assert both.runs["run"].tolist() == ["a", "b"] and both.sweeps == ["s"]
    assert both.runs["label.method"].tolist() == ["FedU", ""]
    assert numpy.isnan(both.runs["set.training.rate"][0])
    assert both.evaluations["value"].tolist() == [0.5, 0.25]
    assert both.name == f"{paths[0]}, {paths[1]}"
    with pytest.raises(InputError, match="the run a is in .*1.h5 too"):
        load(paths[0], paths[1], paths[0])


def test_other_files_are_refused(tmp_path: Path, table6: Path) -> None:
    def message(path: Path) -> str:
        with pytest.raises(InputError) as error:
            load(path)
        assert "\n" not in str(error.value)
        return str(error.value)

    assert "there is no such file" in message(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("nothing")
    assert "not an HDF5 file" in message(tmp_path / "text.h5")
    with h5py.File(tmp_path / "foreign.h5", "w"):
        pass
    assert "this is a file of others" in message(tmp_path / "foreign.h5")
    with h5py.File(table6, "a") as file:
        del file["evaluations/spec"]
    assert "/evaluations has no column 'spec'" in message(table6)
    with h5py.File(table6, "a") as file:
        del file["evaluations"]
    assert "there is no table /evaluations" in message(table6)
    with h5py.File(table6, "a") as file:
        del file["runs/name"]
        file.create_dataset("runs/name", data=["x"], dtype=h5py.string_dtype())
    assert "/runs has columns of different lengths" in message(table6)
    with h5py.File(table6, "a") as file:
        file.attrs["format_version"] = 2
    assert "version 2" in message(table6)
