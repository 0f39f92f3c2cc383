from pathlib import Path

import pytest

from gathered_file import GatheredFile
from motet_analysis.cli import main
from motet_analysis.comparison import compare
from motet_analysis.gathered import load
from motet_analysis.layouts import LAYOUTS
from motet_analysis.measurements import measurements
from motet_analysis.verdicts import AGAINST, OPEN, WITH, judge, verdicts


@pytest.mark.parametrize(("paper", "interval", "word"), [
    (1.0, (0.2, 3.0), WITH),
    (-1.0, (-3.0, -0.2), WITH),
    (1.0, (-3.0, -0.2), AGAINST),
    (-1.0, (0.2, 3.0), AGAINST),
    (1.0, (-0.1, 3.0), OPEN),
    (-1.0, (-3.0, 0.1), OPEN),
    # What touches zero does not exclude it.
    (1.0, (0.0, 3.0), OPEN),
    (1.0, None, OPEN),
    (0.0, (0.2, 3.0), OPEN),
])
def test_the_rule(paper: float, interval: tuple[float, float] | None, word: str) -> None:
    assert judge(paper, interval) == word


def table2(path: Path) -> Path:
    """FSSUAVL is ahead by 2, 4 and 3 points on CIFAR-10, behind by 2, 3 and 4 on Tiny ImageNet,
    and has one seed or none elsewhere."""
    content = GatheredFile()
    for method, cifar10, tinyimagenet in (
        ("FVSSL", (0.30, 0.32, 0.31), (0.10, 0.12, 0.11)),
        ("FSSUAVL", (0.32, 0.36, 0.34), (0.08, 0.09, 0.07)),
    ):
        for seed, (one, other) in enumerate(zip(cifar10, tinyimagenet), start=1):
            run = content.run(
                f"{method}{seed}", "small-table2", seed, label__method=method, label__arch="R-18")
            content.evaluate(run, "knn", "cifar10", one, k=200)
            content.evaluate(run, "knn", "tinyimagenet", other, k=200)
            if seed == 1:
                content.evaluate(run, "linear", "cifar10", one, epochs=60)
            if method == "FVSSL":
                content.evaluate(run, "finetune", "cifar10", one, epochs=60)
    return content.write(path / "results.h5")


def test_the_papers_differences_beside_ours(tmp_path: Path) -> None:
    comparison = compare("table2", measurements(load(table2(tmp_path)), "small-table2"))
    found = {own.column: own for own in verdicts(comparison)}
    assert list(found) == ["KNN TINET", "KNN C-10", "KNN Avg.", "L.P C-10"]
    cifar10 = found["KNN C-10"]
    assert (cifar10.row, cifar10.baseline) == ("FSSUAVL R-18", "FVSSL R-18")
    # The paper's: 46.47 - 45.65.
    assert cifar10.paper == pytest.approx(0.82)
    # Mean 3, deviation 1, times 4.3027 / √3.
    assert cifar10.pairs.text() == "+3.00 [+0.52, +5.48]" and cifar10.word == WITH
    assert found["KNN TINET"].word == AGAINST
    # Averages are of each seed's two: 0, 0.5, -0.5.
    assert found["KNN Avg."].word == OPEN and found["KNN Avg."].pairs.ahead == 1
    assert found["L.P C-10"].word == OPEN and found["L.P C-10"].pairs.difference.n == 1


def test_every_contrast_is_of_numbers_that_the_paper_has() -> None:
    """A name that a table does not have would leave its comparison out in silence."""
    from motet_analysis import paper
    for layout in LAYOUTS.values():
        printed = paper.load(layout.name)
        names = " ".join(f" {cell.row}  {cell.column} " for cell in printed)
        assert layout.contrasts
        for baseline, own in layout.contrasts:
            assert f" {baseline} " in names and f" {own} " in names, layout.name


def test_as_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verdicts", str(table2(tmp_path))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "|  |  | minus | paper, points | here, points | pairs |  |"
    assert lines[3] == (
        "| FSSUAVL R-18 | KNN C-10 | FVSSL R-18 | +0.82 | +3.00 [+0.52, +5.48] | 3 | "
        "with the paper |")


def test_a_sweep_of_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = GatheredFile()
    content.evaluate(content.run("a", "norms"), "knn", "cifar10", 0.5)
    assert main(["verdicts", str(content.write(tmp_path / "r.h5"))]) == 1
    assert "is of no table of the paper" in capsys.readouterr().err
