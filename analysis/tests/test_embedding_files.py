"""Files of `motet embed` for other programs."""

import json
from pathlib import Path

import h5py
import numpy
import pandas
import pytest

from motet_analysis.embedding_files import convert
from motet_analysis.errors import InputError

FEATURES = numpy.arange(12, dtype=numpy.float32).reshape(3, 4) / 7


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "round-000002.h5"
    names = ["a/1.png", "a/2.png", "b/3.wav"]
    with h5py.File(path, "w") as file:
        file["features"] = FEATURES
        file["label"], file["row"] = [0, 1, 0], [5, 7, 2]
        file["class"] = ["cat", "dog", "yes"]
        file["data"], file["modality"] = ["d", "d", "e"], ["image", "image", "audio"]
        file["name"] = names
        file.attrs["round"], file.attrs["model"] = numpy.int64(2), "abc"
    return path


def test_numpy(source: Path, tmp_path: Path) -> None:
    convert(source, tmp_path / "x.npy")
    assert (numpy.load(tmp_path / "x.npy") == FEATURES).all()
    table = pandas.read_csv(tmp_path / "x.csv")
    assert table["feature_row"].tolist() == [0, 1, 2]
    assert table["name"].tolist() == ["a/1.png", "a/2.png", "b/3.wav"]
    assert table["class"].tolist() == ["cat", "dog", "yes"] and table["row"].tolist() == [5, 7, 2]


def test_parquet(source: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    convert(source, tmp_path / "x.parquet")
    table = parquet.read_table(tmp_path / "x.parquet")
    assert table["features"].to_pylist() == FEATURES.tolist()
    assert table["modality"].to_pylist() == ["image", "image", "audio"]
    assert json.loads(table.schema.metadata[b"motet"]) == {"round": 2, "model": "abc"}


def test_what_cannot_be(source: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ends? with .npy or .parquet"):
        convert(source, tmp_path / "x.txt")
    with pytest.raises(InputError, match="cannot be written"):
        convert(source, tmp_path / "no/x.npy")
    assert [path.name for path in tmp_path.iterdir()] == [source.name]
