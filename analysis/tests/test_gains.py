from pathlib import Path

import pytest

from gathered_file import GatheredFile
from motet_analysis.cli import main
from motet_analysis.comparison import compare
from motet_analysis.gains import gains
from motet_analysis.gathered import load
from motet_analysis.measurements import measurements
from motet_analysis.tables import comparison_table, gain_table


def two_methods(path: Path) -> Path:
    """Two methods on two encoders; the random encoder was measured in one method's runs."""
    content = GatheredFile()
    for method, gain in (("FASSL", 0.2), ("FSSUAVL", 0.05)):
        for arch, start in (("R-18", 0.40), ("ViT", 0.30)):
            for seed in (1, 2):
                before = start + seed / 100
                run = content.run(
                    f"{method}{arch}{seed}", "small-table3", seed, label__method=method,
                    label__arch=arch, set__encoder__name=arch, set__encoder__input=32.0,
                    set__views__audio__seconds=1.0)
                content.evaluate(run, "knn", "esc50", before + gain + seed / 1000, k=200,
                                 features="encoder")
                if method == "FASSL":
                    content.evaluate(
                        run, "knn", "esc50", before, number=0, k=200, features="encoder", round=0)
                if (method, arch, seed) == ("FASSL", "R-18", 1):
                    content.evaluate(
                        run, "knn", "esc50", 0.45, k=200, features="view")
    return content.write(path / "results.h5")


def test_each_setting_has_its_random_encoder(tmp_path: Path) -> None:
    own = measurements(load(two_methods(tmp_path)), "small-table3")
    assert own.notes == [] and set(own.rows["variant"]) == {""}
    found = {gain.settings: gain for gain in gains(own)}
    # FSSUAVL's runs have the encoder of FASSL's of the same seed.
    assert found["R-18", "FSSUAVL"].pairs.first.text() == "41.50 ± 0.71 (2)"
    assert found["ViT", "FASSL"].pairs.first.text() == "31.50 ± 0.71 (2)"
    assert found["ViT", "FASSL"].pairs.difference.mean == pytest.approx(0.2015)
    assert {key for key, gain in found.items() if gain.is_little} == {
        ("R-18", "FSSUAVL"), ("ViT", "FSSUAVL")}
    assert all(gain.floor == 0.45 for gain in found.values())
    table = gain_table(own, list(found.values()))
    assert table.rows[0][:6] == [
        "R-18", "FASSL", "knn esc50", "audio", "45.00", "41.50 ± 0.71 (2)"]


def test_a_choice_keeps_the_references(tmp_path: Path) -> None:
    own = measurements(
        load(two_methods(tmp_path)), "small-table3", {"method": "FSSUAVL", "arch": "ViT"})
    assert [gain.pairs.first.text() for gain in gains(own)] == ["31.50 ± 0.71 (2)"]


def test_beside_the_papers_numbers(tmp_path: Path) -> None:
    own = measurements(load(two_methods(tmp_path)), "small-table3")
    table = comparison_table(compare("table3", own))
    assert table.rows[0][:4] == [
        "FASSL R-18", "KNN Epic.K (here esc50)", "41.50 ± 0.71 (2)", "61.65 ± 0.78 (2)"]


def test_references_without_what_refers_to_them_are_figures(tmp_path: Path) -> None:
    content = GatheredFile()
    run = content.run("a", "s", set__encoder__input=32.0)
    content.evaluate(run, "knn", "esc50", 0.5, k=5, features="view")
    content.evaluate(run, "knn", "esc50", 0.6, k=200, features="encoder")
    content.evaluate(run, "knn", "esc50", 0.3, number=2, k=200, features="encoder", round=2)
    own = measurements(load(content.write(tmp_path / "r.h5")), "s")
    assert sorted(own.rows["variant"]) == [
        "features=encoder, k=200", "features=encoder, k=200, round=2", "features=view, k=5"]
    assert own.rows["before"].isna().all() and own.rows["floor"].isna().all()


def test_nothing_to_subtract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = GatheredFile()
    content.evaluate(content.run("a", "s"), "knn", "esc50", 0.5)
    assert main(["gains", str(content.write(tmp_path / "r.h5"))]) == 1
    assert "round: 0" in capsys.readouterr().err


def test_references_can_be_asked_for(tmp_path: Path) -> None:
    gathered = load(two_methods(tmp_path))
    for where, count in (({"round": "0"}, 4), ({"features": "view"}, 1)):
        rows = measurements(gathered, "small-table3", where).rows
        chosen = rows[[spec.count(next(iter(where))) > 0 for spec in rows["spec"]]]
        assert len(chosen) >= count and rows["before" if "round" in where else "floor"].isna().all()


def test_other_figures_before_training_stay(tmp_path: Path) -> None:
    content = GatheredFile()
    run = content.run("a", "s")
    for value, options in ((0.9, {}), (0.1, {"round": 0})):
        content.evaluate(
            run, "geometry", "cifar10", value, figure="separability",
            number=0 if options else 4, **options)
    own = measurements(load(content.write(tmp_path / "r.h5")), "s")
    assert sorted(own.rows["value"]) == [0.1, 0.9]
    assert set(own.rows["variant"]) == {"", "round=0"}
