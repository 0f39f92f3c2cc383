import json
from pathlib import Path

import h5py
import numpy
import pytest

from gathered_file import GatheredFile
from motet_analysis import embeddings
from motet_analysis.cli import main
from motet_analysis.gathered import load
from motet_analysis.names import nameless


def many_runs(path: Path) -> Path:
    content = GatheredFile()
    for seed in range(1, 41):
        run = content.run(
            f"run{seed}", "s", seed, label__method="Größe", set__data__image="/home/me/a.h5")
        content.evaluate(run, "knn", "cifar10", 0.5 + seed / 1000, k=200)
    return content.write(path / "gathered.h5")


def test_the_same_tables_smaller_and_without_folders(tmp_path: Path) -> None:
    source, kept = many_runs(tmp_path), tmp_path / "kept.h5"
    assert main(["keep", str(source), "--to", str(kept)]) == 0
    assert kept.stat().st_size < source.stat().st_size / 3
    before, after = load(source), load(kept)
    assert set(before.runs) - set(after.runs) == {"path", "host", "failure"}
    for column in after.runs:
        if column != "set.data.image":
            assert list(after.runs[column]) == list(before.runs[column]), column
    assert set(after.runs["set.data.image"]) == {"a.h5"}
    assert list(after.evaluations["value"]) == list(before.evaluations["value"])
    assert json.loads(after.evaluations["spec"][0])["data"] == "cifar10.h5"
    content = kept.read_bytes()
    assert b"/home" not in content and b"/runs/" not in content and b"node1" not in content


def test_embeddings_of_some_samples(tmp_path: Path) -> None:
    content = GatheredFile()
    run = content.run("a", "s")
    content.embeddings[run, 4] = [
        (data, modality, index % 3, [index / 7, 0.0, 1.5])
        for data, modality in (("cifar10", "image"), ("fsdd", "audio"))
        for index in range(20)
    ]
    source, kept = content.write(tmp_path / "gathered.h5"), tmp_path / "kept.h5"
    assert main(["keep", str(source), "--to", str(kept), "--samples", "5"]) == 0
    assert load(kept).embeddings == {("a", 4): kept}
    found = embeddings.load(kept, "a", 4)
    expected = embeddings.load(source, "a", 4).equal_numbers(5, seed=0)
    assert list(found.sets) == list(expected.sets) and list(found.label) == list(expected.label)
    assert numpy.abs(found.features - expected.features).max() < 2e-3
    assert main(["keep", str(source), "--to", str(kept)]) == 0
    assert load(kept).embeddings == {}
    assert main(["keep", str(source), "--to", str(kept), "--samples", "-1"]) == 1


def test_what_paths_become() -> None:
    assert nameless("/a/b.h5") == "b.h5"
    assert nameless('{"data":"/a/b.h5","k":[1,"/c/d"],"x":{"y":null}}') == (
        '{"data":"b.h5","k":[1,"d"],"x":{"y":null}}')
    assert nameless("a/b") == "a/b" and nameless("{no json") == "{no json" and nameless("") == ""


@pytest.mark.parametrize(("name", "said"), [
    ("kept.txt", "ends in .h5"), ("none/kept.h5", "cannot be written")])
def test_bad_input(tmp_path: Path, name: str, said: str,
                   capsys: pytest.CaptureFixture[str]) -> None:
    source = many_runs(tmp_path)
    assert main(["keep", str(source), "--to", str(tmp_path / name)]) == 1
    assert said in capsys.readouterr().err
    other = tmp_path / "other.h5"
    h5py.File(other, "w").close()
    assert main(["keep", str(other), "--to", str(tmp_path / "k.h5")]) == 1
    assert "expected a motet gathered" in capsys.readouterr().err
    assert not list(tmp_path.glob(".*"))


def test_stores_of_one_name_stay_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = GatheredFile()
    for folder in ("clean", "noisy"):
        content.run(folder, "s", set__data__audio=f"/d/{folder}/fsdd.h5")
    source = content.write(tmp_path / "gathered.h5")
    assert main(["keep", str(source), "--to", str(tmp_path / "kept.h5")]) == 1
    assert "two stores have one name" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["gathered.h5"]
