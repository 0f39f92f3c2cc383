from pathlib import Path

import h5py
import numpy
import pytest
from pandas import DataFrame

from motet_analysis.errors import InputError
from motet_analysis.samples import embedded, join, predicted

NAMES = ["cat/1.png", "dog/größer 1.png", "batch.bin#7"]


def text(group: h5py.Group, name: str, values: list[str]) -> None:
    group.create_dataset(name, data=values, dtype=h5py.string_dtype())


def write_embeddings(group: h5py.Group, names: list[str] | None = NAMES) -> None:
    group["features"] = numpy.zeros((3, 2), dtype="f4")
    group["label"] = numpy.array([0, 1, 0], dtype="i4")
    group["row"] = numpy.array([4, 2, 7], dtype="i8")
    text(group, "data", ["pets"] * 3)
    text(group, "modality", ["image"] * 3)
    if names:
        text(group, "class", ["cat", "dog", "cat"])
        text(group, "name", names)


@pytest.mark.parametrize("place", ["/", "embeddings/run/10"])
def test_embeddings_are_joined_by_name(tmp_path: Path, place: str) -> None:
    path = tmp_path / "e.h5"
    with h5py.File(path, "w") as file:
        write_embeddings(file.require_group(place))
    rows = embedded(path, place)
    assert list(rows["name"]) == NAMES and list(rows["class"]) == ["cat", "dog", "cat"]
    assert list(rows["row"]) == [4, 2, 7]
    ages = DataFrame({"file": ["größer 1.png", "1.png", "2.png"], "age": [3, 5, 9]})
    found = join(rows, ages, "file", by="file")
    assert list(found["name"]) == NAMES and list(found["age"][:2]) == [5, 3]
    assert numpy.isnan(found["age"][2])
    # A table may have columns of the same names, and rows another index.
    table = DataFrame({"name": NAMES[::-1], "label": ["x", "y", "z"]})
    found = join(rows[rows["class"] == "cat"], table, "name")
    assert list(found["label.table"]) == ["z", "x"] and list(found["label"]) == [0, 0]
    assert list(join(rows, DataFrame({"id": ["7"], "x": [1.5]}), "id", by="part")["x"])[2] == 1.5
    assert join(rows, DataFrame({"id": ["1"], "x": [2]}), "id", by="stem")["x"][0] == 2


def test_predictions_lead_to_files(tmp_path: Path) -> None:
    path = tmp_path / "knn.h5"
    with h5py.File(path, "w") as file:
        text(file, "classes", ["cat", "dog"])
        file["labels"] = numpy.array([0, 1, 0], dtype="i4")
        file["predictions/accuracy"] = numpy.array([0, 0, 0], dtype="i4")
    # One that was made before there were names.
    assert list(predicted(path).columns) == ["class", "accuracy"]
    with h5py.File(path, "a") as file:
        file["samples/image/row"] = numpy.arange(3)
        text(file["samples/image"], "name", NAMES)
    rows = predicted(path)
    wrong = rows[rows["class"] != rows["accuracy"]]
    assert list(wrong["name"]) == [NAMES[1]] and list(wrong["row"]) == [1]
    with h5py.File(path, "a") as file:
        file["samples/audio/row"] = numpy.arange(3)[::-1]
    assert set(predicted(path)) == {"class", "accuracy", "row.audio", "row.image", "name.image"}


def test_modalities_that_are_told_apart_come_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "geometry.h5"
    with h5py.File(path, "w") as file:
        text(file, "classes", ["image", "audio"])
        file["labels"] = numpy.array([0, 0, 0, 1, 1], dtype="i4")
        file["predictions/separability"] = numpy.array([0, 1, 0, 1, 1], dtype="i4")
        file["samples/image/row"] = numpy.array([4, 5, 9])
        text(file["samples/image"], "name", NAMES)
        file["samples/audio/row"] = numpy.array([1, 2])
    rows = predicted(path)
    assert list(rows["class"]) == ["image"] * 3 + ["audio"] * 2
    assert list(rows["row"]) == [4, 5, 9, 1, 2] and list(rows["name"]) == [*NAMES, "", ""]
    assert list(rows[rows["class"] != rows["separability"]]["name"]) == [NAMES[1]]


def test_what_cannot_be_joined_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "e.h5"
    with h5py.File(path, "w") as file:
        write_embeddings(file, names=None)
    table = DataFrame({"name": ["a", "a"], "number": [1, 2]})
    with pytest.raises(InputError, match="no names; import the data again"):
        join(embedded(path), table, "name")
    rows = DataFrame({"name": NAMES})
    for column, by, said in (
        ("name", "base", "by='base' is none of name, file, stem, part"),
        ("file", "name", "no column 'file'; it has: name, number"),
        ("number", "name", "read it with dtype={'number': str}"),
        ("name", "name", "the table has 'a' twice in 'name'"),
    ):
        with pytest.raises(InputError) as caught:
            join(rows, table, column, by)
        assert said in str(caught.value)
    with pytest.raises(InputError, match=r"samples are as \['1.png'\], 'name' as \['a'\]"):
        join(rows, table[:1], "name", by="file")
    with pytest.raises(InputError, match="no predictions"):
        predicted(path)
    with pytest.raises(InputError, match="not there"):
        embedded(tmp_path / "none.h5")
    with pytest.raises(InputError, match="/nowhere has no features"):
        embedded(path, "/nowhere")
