"""Streams of samples out of arrays, and out of Parquet where pyarrow is."""

import io
import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy
import pytest

from motet_analysis.errors import InputError
from motet_analysis.records.arrays import ArrayOptions, stream_arrays
from motet_analysis.records.stream import RecordWriter

AUTO = ArrayOptions(
    samples="", labels="", groups="", classes="", modality="auto", channels="auto",
    full_scale=0, rate=0)


class Record(NamedTuple):
    split: str
    label: str
    name: str
    group: str
    payload: bytes
    extent: tuple[int, ...]


def read(stream: bytes) -> tuple[dict[str, Any], list[Record]]:
    """What an importer sees."""
    line, _, rest = stream.partition(b"\n")
    head = json.loads(line)
    records = []
    while True:
        split, label, height, width, rate, *lengths = struct.unpack_from("<8I", rest)
        rest = rest[32:]
        if split == 0xFFFFFFFF:
            assert not rest
            return head, records
        fields = []
        for length in lengths:
            fields.append(rest[:length])
            rest = rest[length:]
        name, group, payload = fields
        records.append(Record(
            head["splits"][split] if head["splits"] else "", head["classes"][label], name.decode(),
            group.decode(), payload, (height, width) if height else (rate,)))


def streamed(place: Path, options: ArrayOptions = AUTO) -> tuple[dict[str, Any], list[Record]]:
    out = io.BytesIO()
    writer = RecordWriter(out)
    stream_arrays(place, options, writer)
    writer.finish()
    return read(out.getvalue())


def refusal(place: Path, options: ArrayOptions = AUTO) -> str:
    with pytest.raises(InputError) as error:
        streamed(place, options)
    text = str(error.value)
    assert "\n" not in text
    return text.replace(f"{place}", "PLACE")


PIXELS = numpy.arange(5 * 4 * 2 * 3, dtype=numpy.uint8).reshape(5, 4, 2, 3)


def test_keras_names(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    numpy.savez_compressed(
        path, x_train=PIXELS[:3], y_train=[[2], [0], [2]], x_test=PIXELS[3:], y_test=[[0], [7]])
    head, records = streamed(path)
    assert head == {
        "modality": "image", "classes": ["0", "2", "7"], "splits": ["train", "test"],
        "counts": [[1, 2, 0], [1, 0, 1]]}
    assert [(r.split, r.label, r.name) for r in records] == [
        ("train", "2", "data.npz#x_train/0"), ("train", "0", "data.npz#x_train/1"),
        ("train", "2", "data.npz#x_train/2"), ("test", "0", "data.npz#x_test/0"),
        ("test", "7", "data.npz#x_test/1")]
    assert [r.payload for r in records] == [own.tobytes() for own in PIXELS]
    assert {r.extent for r in records} == {(4, 2)}


def test_a_folder_of_arrays_with_channels_first_floats_groups_and_classes(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    first = PIXELS.transpose(0, 3, 1, 2) / 255
    numpy.save(tmp_path / "train/images.npy", first.astype(numpy.float32))
    numpy.save(tmp_path / "train/labels.npy", [0, 1, 1, 0, 1])
    numpy.save(tmp_path / "train/who.npy", ["ann", "bob", "ann", "ann", "bob"])
    options = replace(
        AUTO, samples="{split}/images.npy", labels="{split}/labels.npy",
        groups="{split}/who.npy", classes="cat,dog", full_scale=1)
    head, records = streamed(tmp_path, options)
    assert head["classes"] == ["cat", "dog"] and head["counts"] == [[2, 3]]
    assert [r.payload for r in records] == [own.tobytes() for own in PIXELS]
    assert [r.group for r in records] == ["ann", "bob", "ann", "ann", "bob"]
    assert records[4].name == "train/images.npy#4"


def test_hdf5_by_paths_without_splits_in_grey(tmp_path: Path) -> None:
    path = tmp_path / "grey.h5"
    with h5py.File(path, "w") as file:
        file["data/pictures"] = PIXELS[..., 0]
        file["data/kind"] = ["b", "a", "b", "b", "a"]
    head, records = streamed(path, replace(AUTO, samples="/data/pictures", labels="/data/kind"))
    assert head["splits"] is None and head["counts"] == [[2, 3]]
    assert [r.payload for r in records] == [
        numpy.repeat(own[..., None], 3, 2).tobytes() for own in PIXELS[..., 0]]


def test_sounds_and_sounds_of_their_own_lengths(tmp_path: Path) -> None:
    path = tmp_path / "sounds.h5"
    with h5py.File(path, "w") as file:
        file["same"] = numpy.array([[0, 16384], [-32768, 8192]], numpy.int16)
        own = file.create_dataset("own", (2,), h5py.vlen_dtype(numpy.float32))
        own[0], own[1] = [0.5], [0.25, -1, 1]
        file["label"] = [0, 1]
    options = replace(AUTO, samples="same", labels="label", rate=8000)
    records = streamed(path, options)[1]
    assert [numpy.frombuffer(r.payload, "<f4").tolist() for r in records] == [[0, 0.5], [-1, 0.25]]
    assert records[0].extent == (8000,)
    records = streamed(path, replace(options, samples="own", modality="audio"))[1]
    assert [numpy.frombuffer(r.payload, "<f4").tolist() for r in records] == [[0.5], [0.25, -1, 1]]


def test_files_in_hdf5(tmp_path: Path) -> None:
    path = tmp_path / "files.h5"
    with h5py.File(path, "w") as file:
        jpeg = file.create_dataset("jpeg", (1,), h5py.vlen_dtype(numpy.uint8))
        jpeg[0] = numpy.frombuffer(b"\xff\xd8\xff", numpy.uint8)
        file["label"] = [3]
    options = replace(AUTO, samples="jpeg", labels="label")
    assert "--set modality=image or audio" in refusal(path, options)
    assert streamed(path, replace(options, modality="image"))[1][0].payload == b"\xff\xd8\xff"


@pytest.mark.parametrize("arrays, options, said", [
    ({"a": PIXELS, "b": [1, 2]}, {},
     "PLACE: holds no array x_{split} or {split}_images; it has a (5×4×2×3 uint8), b (2 int64); name "
     "them with --set samples=NAME --set labels=NAME, where {split} stands for train, test, …"),
    ({"a": PIXELS, "b": [1, 2]}, {"samples": "a", "labels": "b"},
     "PLACE:b: 2 values for the 5 samples of PLACE:a"),
    ({"a": PIXELS}, {"samples": "a"},
     "PLACE: give both, samples=NAME and labels=NAME, or neither"),
    ({"a": PIXELS, "b": [0] * 5}, {"samples": "a", "labels": "c"},
     "PLACE: holds no array c for PLACE:a; it has a (5×4×2×3 uint8), b (5 int64)"),
    ({"a": PIXELS / 200, "b": [0] * 5}, {"samples": "a", "labels": "b"},
     "PLACE:a: holds float64: --set full_scale=1 (or 255, …) says which number is white"),
    ({"a": PIXELS / 100, "b": [0] * 5}, {"samples": "a", "labels": "b", "full_scale": 1},
     "PLACE:a: 1.01 in row 4 is outside 0 to 1; mend it, or set full_scale to what the numbers mean"),
    ({"a": numpy.zeros((2, 3, 4, 3), "u1"), "b": [0, 0]}, {"samples": "a", "labels": "b"},
     "PLACE:a: has the shape 2×3×4×3: --set channels=first or last says which are the channels"),
    ({"a": numpy.zeros((2, 4, 4, 4), "u1"), "b": [0, 0]}, {"samples": "a", "labels": "b"},
     "PLACE:a: has the shape 2×4×4×4; pictures have 1 or 3 channels"),
    ({"a": PIXELS, "b": [0, 1, 2, 0, -1]}, {"samples": "a", "labels": "b", "classes": "x,y,z"},
     "PLACE:b: label -1 of row 4 is out of range: there are 3 classes; -1 says that there is no "
     "label: leave that split out"),
    ({"a": PIXELS, "b": numpy.eye(5)}, {"samples": "a", "labels": "b"},
     "PLACE:b: has the shape 5×5; expected one value a row (of labels with a column a class, the "
     "column's number)"),
    ({"a": numpy.zeros((2, 9)), "b": [0, 0]}, {"samples": "a", "labels": "b"},
     "PLACE:a: --set rate=HZ says how many samples of these sounds are a second"),
])
def test_bad_input(
    tmp_path: Path, arrays: dict[str, Any], options: dict[str, Any], said: str
) -> None:
    path = tmp_path / "data.npz"
    numpy.savez(path, **arrays)
    assert refusal(path, replace(AUTO, **options)) == said


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    numpy.savez(path, x_train=numpy.array([{}, {}], object), y_train=[0, 1])
    assert refusal(path) == "PLACE:x_train: it holds Python objects; save numbers or texts"


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(b"PK\x03\x04 and no more")
    assert refusal(path).startswith("PLACE: cannot be read: ")


class TestParquet:
    """As `datasets` writes it: struct<bytes, path> columns and features in the schema's metadata."""

    @staticmethod
    def write(path: Path, rows: dict[str, Any], features: dict[str, Any] | None) -> None:
        pa = pytest.importorskip("pyarrow")
        from pyarrow import parquet
        table = pa.table(rows)
        if features is not None:
            said = json.dumps({"info": {"features": features}})
            table = table.replace_schema_metadata({"huggingface": said})
        path.parent.mkdir(exist_ok=True)
        parquet.write_table(table, path)

    @staticmethod
    def streamed(place: Path, **options: str) -> tuple[dict[str, Any], list[Record]]:
        from motet_analysis.records.parquet import ParquetOptions, stream_parquet
        out = io.BytesIO()
        writer = RecordWriter(out)
        chosen = {"column": "", "label": "", "group": "", "modality": "auto"} | options
        stream_parquet(place, ParquetOptions(**chosen), writer)
        writer.finish()
        return read(out.getvalue())

    @classmethod
    def refusal(cls, place: Path, **options: str) -> str:
        with pytest.raises(InputError) as error:
            cls.streamed(place, **options)
        assert "\n" not in str(error.value)
        return str(error.value).replace(f"{place}", "PLACE")

    FEATURES = {
        "img": {"_type": "Image"}, "fine": {"_type": "ClassLabel", "names": ["cat", "dog", "eel"]},
        "who": {"_type": "Value", "dtype": "string"}}

    def test_splits_by_name_and_classes_of_the_features(self, tmp_path: Path) -> None:
        for number, name in enumerate(["train-00000-of-00002", "train-00001-of-00002", "test-0"]):
            self.write(tmp_path / f"data/{name}.parquet", {
                "img": [{"bytes": b"%d%d" % (number, i), "path": None} for i in range(2)],
                "fine": [number, 1], "who": ["ann", "bob"]}, self.FEATURES)
        head, records = self.streamed(tmp_path, group="who")
        assert head == {
            "modality": "image", "classes": ["cat", "dog", "eel"], "splits": ["train", "test"],
            "counts": [[1, 3, 0], [0, 1, 1]]}
        assert [(r.split, r.label, r.group, r.payload) for r in records] == [
            ("test", "eel", "ann", b"20"), ("test", "dog", "bob", b"21"),
            ("train", "cat", "ann", b"00"), ("train", "dog", "bob", b"01"),
            ("train", "dog", "ann", b"10"), ("train", "dog", "bob", b"11")]
        assert records[0].name == "data/test-0.parquet#0"

    def test_one_file_without_features(self, tmp_path: Path) -> None:
        path = tmp_path / "words.parquet"
        self.write(path, {"clip": [b"a", b"b", b"c"], "label": ["yes", "no", "yes"]}, None)
        assert self.refusal(path) == (
            "PLACE: nothing says what 'clip' holds: --set modality=image or audio")
        head, records = self.streamed(path, modality="audio")
        assert head["splits"] is None and head["counts"] == [[1, 2]]
        assert [(r.label, r.payload) for r in records] == [("yes", b"a"), ("no", b"b"), ("yes", b"c")]

    @pytest.mark.parametrize("rows, options, said", [
        ({"fine": [1]}, {}, (
            "PLACE: has no column of pictures or sounds; --set column=NAME says which; it has fine "
            "(ClassLabel)")),
        ({"img": [{"bytes": b"a"}]}, {}, (
            "PLACE: has no column of labels; --set label=NAME says which; it has img (Image)")),
        ({"img": [{"bytes": b"a"}], "fine": [1]}, {"label": "coarse"}, (
            "PLACE: has no column 'coarse'; it has img (Image), fine (ClassLabel)")),
        ({"img": [{"bytes": b"a"}], "fine": [3]}, {}, (
            "PLACE: fine: label 3 of row 0 is out of range: there are 3 classes")),
        ({"img": [{"bytes": b"a"}, {"bytes": b"b"}], "fine": [1, None]}, {}, (
            "PLACE: fine: 1 of 2 rows have no value")),
        ({"img": [{"bytes": None, "path": "a.png"}], "fine": [1]}, {"column": "img"}, (
            "PLACE: the column 'img' holds struct<bytes: null, path: string>, not the bytes of files")),
        ({"img": [{"bytes": b"a"}, {"bytes": None}], "fine": [1, 1]}, {}, (
            "PLACE: row 1 of 'img' has no bytes; a file that is only named is not followed: have "
            "datasets embed its files")),
    ])
    def test_bad_input(
        self, tmp_path: Path, rows: dict[str, Any], options: dict[str, str], said: str
    ) -> None:
        path = tmp_path / "train.parquet"
        self.write(path, rows, self.FEATURES)
        assert self.refusal(path, **options) == said

    def test_no_parquet(self, tmp_path: Path) -> None:
        pytest.importorskip("pyarrow")
        assert self.refusal(tmp_path) == "PLACE: holds no file *.parquet"
        (tmp_path / "train.parquet").write_bytes(b"PAR1 and no more")
        assert self.refusal(tmp_path).startswith("PLACE/train.parquet: cannot be read: ")
