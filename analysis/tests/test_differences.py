from collections.abc import Mapping
from pathlib import Path

import pytest

from gathered_file import GatheredFile
from motet_analysis.cli import main
from motet_analysis.differences import Differences, differences
from motet_analysis.errors import InputError
from motet_analysis.gathered import load
from motet_analysis.measurements import measurements
from motet_analysis.tables import difference_tables


def add(content: GatheredFile, method: str, values: Mapping[int, float], **columns: object) -> None:
    """A run for each seed, with its accuracy."""
    for seed, value in values.items():
        run = content.run(
            f"{method} {seed} {columns}", "s", seed, label__method=method, **columns)
        content.evaluate(run, "knn", "cifar10", value, k=20)


def compared(
    content: GatheredFile, path: Path, of: str = "method", first: str | None = None,
    second: str | None = None, where: Mapping[str, str] | None = None,
) -> Differences:
    own = measurements(load(content.write(path / "r.h5")), "s", where)
    return differences(own, of, first, second)


def test_a_row_for_each_measurement_and_other_setting(tmp_path: Path) -> None:
    content = GatheredFile()
    for arch, gain in (("ViT", 0.25), ("R-18", -0.5)):
        add(content, "FVSSL", {1: 0.5, 2: 0.5}, label__arch=arch)
        add(content, "FSSUAVL", {2: 0.5 + gain, 1: 0.5 + gain}, label__arch=arch)
    for run in content.runs:
        content.evaluate(str(run["run"]), "linear", "fsdd", 0.25)
        content.evaluate(str(run["run"]), "linear", "fsdd", 1.5, figure="loss")
    own = compared(content, tmp_path)
    assert own.notes == []
    [table] = difference_tables(own)
    assert table.columns == [
        "arch", "evaluation", "modality", "method FVSSL, % (n)", "method FSSUAVL, % (n)",
        "difference, points", "pairs", "ahead",
    ]
    same = "25.00 ± 0.00 (2)"
    assert table.rows == [
        ["ViT", "knn cifar10", "image", "50.00 ± 0.00 (2)", "75.00 ± 0.00 (2)",
         "+25.00 [+25.00, +25.00]", "2", "2 of 2"],
        ["ViT", "linear fsdd", "audio", same, same, "+0.00 [+0.00, +0.00]", "2", "0 of 2"],
        ["R-18", "knn cifar10", "image", "50.00 ± 0.00 (2)", "0.00 ± 0.00 (2)",
         "-50.00 [-50.00, -50.00]", "2", "0 of 2"],
        ["R-18", "linear fsdd", "audio", same, same, "+0.00 [+0.00, +0.00]", "2", "0 of 2"],
    ]


def test_every_other_value_or_those_that_are_chosen(tmp_path: Path) -> None:
    content = GatheredFile()
    for method, value in (("b", 0.5), ("c", 0.25), ("a", 0.75)):
        add(content, method, {1: value, 2: value})

    def pairs(first: str | None, second: str | None) -> list[tuple[str, str]]:
        own = compared(content, tmp_path, "method", first, second)
        return [(contrast.first, contrast.second) for contrast in own.contrasts]

    assert pairs(None, None) == [("b", "c"), ("b", "a")]
    assert pairs("a", None) == [("a", "b"), ("a", "c")]
    assert pairs(None, "a") == [("b", "a")] and pairs("c", "a") == [("c", "a")]


def test_seeds_of_one_side_are_named(tmp_path: Path) -> None:
    content = GatheredFile()
    add(content, "A", {1: 0.5, 2: 0.5, 4: 0.5, 5: 0.5})
    add(content, "B", {1: 0.5, 3: 0.5})
    own = compared(content, tmp_path)
    [found] = own.contrasts[0].pairs.values()
    assert found.difference.n == 1 and found.interval is None
    assert own.notes == [
        "A alone has seed 2, 4, 5 of knn cifar10: left out",
        "B alone has seed 3 of knn cifar10: left out",
    ]
    with pytest.raises(InputError, match="^--of method: there is no pair: A alone has seed 1 of"):
        content = GatheredFile()
        add(content, "A", {1: 0.5})
        add(content, "B", {2: 0.5})
        compared(content, tmp_path)


def test_what_a_label_stands_for_is_said(tmp_path: Path) -> None:
    content = GatheredFile()
    mixes: dict[str, dict[str, object]] = {
        "FVSSL": {"set__clients__mix__image": 1.0},
        "FSSUAVL": {"set__clients__mix__image+audio": 1.0, "set__views__audio__preset": "crop"},
    }
    for method, mix in mixes.items():
        add(content, method, {1: 0.5}, **mix)
    own = compared(content, tmp_path)
    assert own.settings == []
    assert own.notes == ["FVSSL and FSSUAVL differ in mix too: method determines it"]
    assert compared(content, tmp_path, "mix").notes == [
        "image 100 % and image+audio 100 % differ in method too: mix determines it"]


def test_another_label_keeps_runs_from_being_paired(tmp_path: Path) -> None:
    content = GatheredFile()
    add(content, "A", {1: 0.5}, label__arch="R-18", set__encoder__name="resnet18")
    add(content, "B", {1: 0.5}, label__arch="ViT", set__encoder__name="vit")
    message = "A and B are not paired where they differ in arch too; choose with --where"
    with pytest.raises(InputError, match=f"there is no pair: {message}$"):
        compared(content, tmp_path)
    add(content, "B", {1: 0.5}, label__arch="R-18", set__encoder__name="resnet18")
    own = compared(content, tmp_path)
    assert [place.settings for place in own.contrasts[0].pairs] == [("R-18",)]
    assert own.notes == ["B alone has ViT, knn cifar10: left out"]
    assert compared(content, tmp_path, where={"arch": "R-18"}).notes == []


def test_two_ways_of_measuring_are_not_mixed(tmp_path: Path) -> None:
    content = GatheredFile()
    for method, ks in (("A", (20, 200)), ("B", (20, 200)), ("C", (50,))):
        run = content.run(method, "s", label__method=method)
        for k in ks:
            content.evaluate(run, "knn", "cifar10", 1 / k, k=k)
    own = compared(content, tmp_path)
    assert [
        (place.evaluation, found.text()) for place, found in own.contrasts[0].pairs.items()
    ] == [
        ("knn cifar10 k=20", "+0.00, one pair has no interval"),
        ("knn cifar10 k=200", "+0.00, one pair has no interval"),
    ]
    assert [contrast.second for contrast in own.contrasts] == ["B"]
    assert "A and C are not paired where they differ in the evaluation (k=20 or k=50) too; " \
        "choose with --where" in own.notes
    with pytest.raises(InputError, match="differ in the evaluation .k=200 or k=50. too"):
        compared(content, tmp_path, "method", "A", "C")


def test_runs_without_the_setting_are_left_out(tmp_path: Path) -> None:
    content = GatheredFile()
    for name, patch in (("vit", 4.0), ("vit", 8.0), ("resnet18", None)):
        columns = {} if patch is None else {"set__encoder__patch": patch}
        add(content, "A", {1: 0.5}, set__encoder__name=name, **columns)
    own = compared(content, tmp_path, "encoder.patch")
    assert [(contrast.first, contrast.second) for contrast in own.contrasts] == [("4", "8")]
    assert own.notes == ["1 of 3 runs have no encoder.patch and are left out"]


def test_what_cannot_be_compared_is_one_line(table6: Path, tmp_path: Path) -> None:
    own = measurements(load(table6), "small-table6")

    def message(*arguments: str) -> str:
        with pytest.raises(InputError) as error:
            differences(own, *arguments)
        assert "\n" not in str(error.value)
        return str(error.value)

    assert message("mehtod") == (
        "--of mehtod: this is no label or setting that makes another experiment; these runs differ "
        "in method")
    assert "--of seed: this is no label" in message("seed")
    assert message("method", "FedU") == (
        "--from FedU: no run that was measured has this method; there are: FSSUAVL, Model-Comb.")
    assert "--to FedU: no run" in message("method", "FSSUAVL", "FedU")
    assert message("method", "FSSUAVL", "FSSUAVL") == (
        "--of method: FSSUAVL has no other value to be compared with")
    assert message("arch") == "--of arch: R-18 has no other value to be compared with"
    own.rows["figure"] = "loss"
    assert message("method") == "--of method: no run that has it has an accuracy"


def test_the_command(table6: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["differences", str(table6), "--of", "method", "--to", "Model-Comb."]) == 0
    printed = capsys.readouterr()
    # 10 and 12 against 5 and 9: differences -5 and -3, 12.706 for one degree of freedom.
    assert printed.out.splitlines()[2:] == [
        f"| knn {data} | {modality} | {first} | {second} | -4.00 [-16.71, +8.71] | 2 | 0 of 2 |"
        for data, modality, first, second in (
            ("fsdd", "audio", "31.00 ± 1.41 (2)", "27.00 ± 2.83 (2)"),
            ("tinyimagenet", "image", "11.00 ± 1.41 (2)", "7.00 ± 2.83 (2)"),
        )
    ]
    assert printed.err.splitlines() == [
        "motet_analysis: 1 of 6 runs are not finished and are left out",
        "motet_analysis: 5 figures of earlier rounds are left out",
        "motet_analysis: FSSUAVL alone has seed 3 of knn fsdd and 1 more: left out",
    ]
    assert main(["differences", str(table6), "--of", "mehtod"]) == 1
    assert capsys.readouterr().err.startswith("motet_analysis: --of mehtod: this is no label")
