from pathlib import Path

import pytest

from gathered_file import GatheredFile
from motet_analysis import paper
from motet_analysis.comparison import Comparison, compare, paper_table
from motet_analysis.gathered import load
from motet_analysis.layouts import LAYOUTS
from motet_analysis.measurements import measurements
from motet_analysis.tables import comparison_table, geometry_table, sweep_table


def compared(path: Path, sweep: str) -> Comparison:
    name = paper_table(sweep)
    assert name is not None
    return compare(name, measurements(load(path), sweep))


def test_table6_by_hand(table6: Path) -> None:
    own = compared(table6, "small-table6")
    cell = own.cells["FSSUAVL R-18", "TINET"]
    printed = {(cell.row, cell.column): cell.value for cell in paper.load("table6")}
    expected = printed["FSSUAVL R-18", "TINET"]
    assert expected is not None and cell.paper == expected
    assert cell.ours is not None and cell.ours.text() == "13.00 ± 3.61 (3)"
    assert cell.difference == pytest.approx(13 - expected)
    # Without the unfinished run: 5 and 9; squares 4 and 4 over 1.
    other = own.cells["Model-Comb. R-18", "TINET"]
    assert other.ours is not None and other.ours.text() == "7.00 ± 2.83 (2)"
    assert own.stand_ins == {"VGG.A": "fsdd"}
    assert own.heading("VGG.A") == "VGG.A (here fsdd)"
    # The paper's cells that have nothing of ours are there; how its rows came to be is no number.
    assert own.cells["FSSUAVL ViT", "KS2"].ours is None
    assert "Clients w/ Audio only" not in own.columns
    table = comparison_table(own)
    assert table.rows[0] == [
        "Model-Comb. R-18", "TINET", "", "7.00 ± 2.83 (2)", f"{other.paper:.2f}",
        f"{7 - (other.paper or 0):+.2f}",
    ]


def test_every_evaluation(table6: Path) -> None:
    table = sweep_table(measurements(load(table6), "small-table6"))
    assert table.columns == ["method", "knn fsdd", "knn tinyimagenet"]
    assert table.rows == [
        ["FSSUAVL", "33.00 ± 3.61 (3)", "13.00 ± 3.61 (3)"],
        ["Model-Comb.", "27.00 ± 2.83 (2)", "7.00 ± 2.83 (2)"],
    ]
    assert table.markdown().splitlines()[1] == "| --- | --- | --- |"


def test_geometry_has_a_row_for_each_figure(tmp_path: Path) -> None:
    content = GatheredFile()
    for method, seed, value in (("MOON", 1, 12.5), ("MOON", 2, 13.5), ("BYOL", 1, 7.0)):
        run = content.run(f"{method}{seed}", "s", seed, label__method=method)
        content.evaluate(run, "geometry", "cifar10", value, "rank_image", limit=500)
        content.evaluate(run, "geometry", "cifar10", 1.0, "separability", limit=500)
        content.evaluate(run, "knn", "cifar10", 0.5)
    own = measurements(load(content.write(tmp_path / "results.h5")), "s")
    table = geometry_table(own)
    assert table is not None and table.columns == ["", "MOON", "BYOL"]
    assert table.rows == [
        ["cifar10 rank_image", "13.0000 ± 0.7071 (2)", "7.0000 (1)"],
        ["cifar10 separability", "1.0000 ± 0.0000 (2)", "1.0000 (1)"],
    ]
    assert len(sweep_table(own).columns) == 2
    own.rows["task"] = "knn"
    assert geometry_table(own) is None


def test_table2_and_its_averages(tmp_path: Path) -> None:
    content = GatheredFile()
    for seed, tinet, cifar in ((1, 0.1, 0.5), (2, 0.2, 0.8)):
        run = content.run(
            f"r{seed}", "table2", seed, label__method="FVSSL", label__arch="ViT")
        content.evaluate(run, "knn", "tinyimagenet", tinet)
        content.evaluate(run, "knn", "cifar10", cifar)
        content.evaluate(run, "linear", "cifar10", cifar)
    own = compared(content.write(tmp_path / "r.h5"), "table2")
    # 0.3 and 0.5, over the seeds 0.4.
    average = own.cells["FVSSL ViT", "KNN Avg."].ours
    assert average is not None and average.text() == "40.00 ± 14.14 (2)"
    # Where a part is missing there is no average.
    assert own.cells["FVSSL ViT", "L.P Avg."].ours is None
    assert own.cells["FVSSL ViT", "L.P C-10"].ours is not None
    assert own.notes == [] and own.stand_ins == {}


def test_tables_4_and_5(tmp_path: Path) -> None:
    content = GatheredFile()
    figures = {"accuracy_image": 0.1, "accuracy_audio": 0.2, "accuracy_joined": 0.3}
    for sweep, task in (("table4", "paired"), ("table5", "joined")):
        for method in ("FVSSL", "FASSL", "FSSUAVL"):
            run = content.run(
                f"{sweep}-{method}", sweep, label__method=method, label__arch="R-18")
            for figure, value in figures.items():
                content.evaluate(run, task, "mnist-fsdd", value, figure)
        content.evaluate(
            f"{sweep}-FVSSL", task, "mnist-fsdd", 0.4, "accuracy_joined", **{"with": "/runs/x"})
    path = content.write(tmp_path / "r.h5")

    def ours(own: Comparison) -> dict[tuple[str, str], float]:
        return {key: cell.ours.mean for key, cell in own.cells.items() if cell.ours is not None}

    assert ours(compared(path, "table4")) == {
        ("R-18", "MNIST+FSSD FVSSL"): 0.1, ("R-18", "MNIST+FSSD FASSL"): 0.2,
        ("R-18", "MNIST+FSSD FSSUAVL"): 0.3,
    }
    assert ours(compared(path, "table5")) == {
        ("FVSSL", "MNIST+FSSD R-18 V"): 0.1, ("FASSL", "MNIST+FSSD R-18 A"): 0.2,
        ("FASSL + FVSSL", "MNIST+FSSD R-18 A+V"): 0.4, ("FSSUAVL", "MNIST+FSSD R-18 V"): 0.1,
        ("FSSUAVL", "MNIST+FSSD R-18 A"): 0.2, ("FSSUAVL", "MNIST+FSSD R-18 A+V"): 0.3,
    }


def test_two_ways_of_measuring_are_not_mixed(tmp_path: Path) -> None:
    content = GatheredFile()
    run = content.run("a", "table2", label__method="FVSSL", label__arch="ViT")
    for features in ("encoder", "projection"):
        content.evaluate(run, "knn", "cifar10", 0.5, features=features)
    own = compared(content.write(tmp_path / "r.h5"), "table2")
    assert own.cells["FVSSL ViT", "KNN C-10"].ours is None
    assert own.notes == [
        "FVSSL ViT, KNN C-10: measured in 2 ways, left empty; choose with --where"]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_place_is_one_of_the_papers(name: str, tmp_path: Path) -> None:
    """What a full-size sweep measures finds a number of the paper, and each number is found."""
    printed = {
        (cell.row, cell.column)
        for cell in paper.load(name)
        if cell.value is not None and cell.column not in LAYOUTS[name].settings
    }
    content = GatheredFile()
    methods = {
        "table2": ["FVSSL", "FSSUAVL"], "table3": ["FASSL", "FSSUAVL"],
        "table6": ["Model-Comb.", "FSSUAVL"], "table7": [""],
        "table8": ["ORCHESTRA", "FedEMA", "L-DAWA", "FedU", "FedAnchor", "Rehman et al.", "FSSUAVL"],
    }.get(name, ["FVSSL", "FASSL", "FSSUAVL"])
    for method in methods:
        for arch in ("R-18", "ViT"):
            for ssl in ("SimCLR", "Barlow Twins") if name == "table7" else ("",):
                run = content.run(
                    f"{method} {arch} {ssl}", name, label__method=method, label__arch=arch,
                    label__ssl=ssl)
                for data in ("tinyimagenet", "cifar10", "epicsounds", "vggsound", "speechcommands"):
                    for task in ("knn", "linear", "finetune"):
                        content.evaluate(run, task, data, 0.5)
                for data in ("advance", "mnist-fsdd"):
                    for figure in ("accuracy_image", "accuracy_audio", "accuracy_joined"):
                        content.evaluate(run, "paired", data, 0.5, figure)
                        content.evaluate(run, "joined", data, 0.5, figure)
                        if method == "FVSSL":
                            content.evaluate(
                                run, "joined", data, 0.5, figure, **{"with": "/runs/b"})
    own = compared(content.write(tmp_path / "r.h5"), name)
    ours = {place for place, cell in own.cells.items() if cell.ours is not None}
    # The other methods of Table 8 are not all measured on all sets.
    assert printed <= ours
    assert name == "table8" or ours <= printed, sorted(ours - printed)


def test_sweeps_name_their_table() -> None:
    assert paper_table("small-table6") == "table6" and paper_table("figure2") == "figure2"
    assert paper_table("small-alpha-mix") is None and paper_table("") is None
