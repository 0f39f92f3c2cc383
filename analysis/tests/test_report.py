from html.parser import HTMLParser
from pathlib import Path

import pytest

from gathered_file import GatheredFile
from motet_analysis.cli import main


class Page(HTMLParser):
    """The text of a page, its pictures' addresses, and whether its tags close."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.text = ""
        self.sources: list[str] = []
        self.open: list[str] = []
        #: What legends name.
        self.legend: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for name, value in attributes if name in ("src", "href")]
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open[-1:] == ["li"]:
            self.legend.append(data)


def test_one_page_that_needs_nothing_else(table6: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert main(["report", str(table6), "--to", str(target)]) == 0
    page = Page(target.read_text(encoding="utf-8"))
    assert page.open == []
    assert all(source.startswith(("#", "data:")) for source in page.sources)
    for part in (
        "13.00 ± 3.61 (3)", "paper 10.37", "+2.63", "1 of 6 runs are not finished", "VGG.A (here fsdd)",
        "Table 6", "6 runs (5 finished, 1 under way)", "2 of 4", "damaged: <its sum>",
        "checkpoint-000003.h5",
    ):
        assert part in page.text, part
    first = target.read_bytes()
    assert main(["report", str(table6), "--to", str(target)]) == 0
    assert target.read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "results.h5"]


def test_runs_without_a_sweep_have_their_names(tmp_path: Path) -> None:
    content = GatheredFile()
    for seed, name in ((1, "simclr-run"), (2, "byol-run")):
        run = content.run(f"r{seed}", "", seed, cell=-1, **{"set.name": name})
        content.rounds += [{"run": run, "round": 1, "loss.image": 1.5}]
        content.monitor += [
            {"run": run, "round": number, "data": "a", "modality": "image", "accuracy": 0.3 + number / 10}
            for number in (0, 1)]
    source, target = content.write(tmp_path / "results.h5"), tmp_path / "report.html"
    picture = tmp_path / "map.png"
    picture.write_bytes(b"\x89PNG\r\n")
    arguments = ["report", str(source), "--to", str(target)]
    assert main([*arguments, "--picture", f"Clients < classes={picture}"]) == 0
    page = Page(target.read_text(encoding="utf-8"))
    assert "simclr-run" in page.text and "-1" not in page.text and "Clients < classes" in page.text
    assert "data:image/png;base64,iVBORw0K" in page.sources
    assert page.legend == ["run simclr-run", "run byol-run", "random encoder"]
    picture.write_text("no picture")
    assert main([*arguments, "--picture", f"x={picture}"]) == 1
    assert main([*arguments, "--picture", f"x={tmp_path / 'none.png'}"]) == 1


def test_pictures_are_inside(tmp_path: Path) -> None:
    content = GatheredFile()
    for seed in (1, 2):
        run = content.run(f"r{seed}", "s", seed)
        content.rounds += [
            {"run": run, "round": number, "loss.image": 1 / number} for number in (1, 2, 3)]
        content.embeddings[run, 3] = [
            (data, "image", 0, [float(place), float(place % 7), 1.0])
            for place in range(20) for data in ("a", "b")
        ]
    target = tmp_path / "report.html"
    source = content.write(tmp_path / "results.h5")
    assert main(["report", str(source), "--to", str(target), "--perplexity", "5"]) == 0
    page = Page(target.read_text(encoding="utf-8"))
    # Points are pixels, a picture a run; lines are none.
    assert [source[:15] for source in page.sources if source.startswith("data")] == [
        "data:image/png;"] * 2
    assert "seed 2" in page.text and "Figure 2" in page.text


@pytest.mark.parametrize("options", [
    {"adamw": {"beta1": 0.9}, "sgd": {"momentum": 0.9}},
    {"sgd": {}, "lars": {"trust": 0.001, "momentum": 0.9}},
    {"": {}, " ": {"beta1": 0.9}, "  ": {"beta1": 0.8}},
])
def test_settings_that_some_runs_do_not_have(
    tmp_path: Path, options: dict[str, dict[str, float]]
) -> None:
    """Optimizers, say, have options of their own, over α and alone, with a name and without."""
    for alphas in ((0.1, 1.0), (0.1,)):
        content = GatheredFile()
        for alpha in alphas:
            for name, own in options.items():
                settings = {f"set__training__optimizer__{key}": value for key, value in own.items()}
                if name.strip():
                    settings["set__training__optimizer__name"] = name
                run = content.run(
                    f"{name}{alpha}", "s", set__clients__alpha__image=alpha, **settings)
                content.evaluate(run, "knn", "cifar10", 0.3)
                content.rounds.append({"run": run, "round": 1, "loss.image": 1.0})
        target = tmp_path / "report.html"
        source = content.write(tmp_path / "results.h5")
        assert main(["report", str(source), "--to", str(target)]) == 0
        assert "30.00" in Page(target.read_text(encoding="utf-8")).text


def test_embeddings_of_shared_runs_are_shown_once(tmp_path: Path) -> None:
    """Runs that a table and both figures use: by round in one, by method in the other."""
    content = GatheredFile()
    for sweep, methods in (
        ("small-table5", ("FVSSL", "FASSL", "FSSUAVL")), ("small-figure2", ("FSSUAVL",)),
        ("small-figure3", ("FASSL", "FVSSL", "FSSUAVL")),
    ):
        for method in methods:
            content.run(method, sweep, label__method=method)
    rows = [
        (data, modality, 0, [float(place), float(place % 7), 1.0])
        for place in range(20) for data, modality in (("cifar10", "image"), ("fsdd", "audio"))
    ]
    for run, number in (("FVSSL", 4), ("FASSL", 4), ("FSSUAVL", 2), ("FSSUAVL", 4)):
        content.embeddings[run, number] = rows
    source = content.write(tmp_path / "results.h5")

    def pictures(*options: str) -> list[str]:
        target = tmp_path / "report.html"
        arguments = ["report", str(source), "--to", str(target), "--perplexity", "5", *options]
        assert main(arguments) == 0
        text = Page(target.read_text(encoding="utf-8")).text
        return [f"Figure {number}" for number in "23" for _ in range(text.count(f"(Figure {number})"))]

    assert pictures() == ["Figure 2", "Figure 3"]
    assert pictures("--paper", "figure2") == ["Figure 2"]
    assert pictures("--paper", "figure3") == ["Figure 3"]
    assert pictures("--paper", "table5") == []


def test_what_cannot_be_done_is_one_line(
    table6: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refusal(*arguments: str) -> str:
        assert main([*arguments]) == 1
        found = capsys.readouterr()
        assert found.out == "" and found.err.count("\n") == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == ["results.h5"]
        return found.err

    target = str(tmp_path / "report.html")
    assert "no such file" in refusal("report", str(tmp_path / "no.h5"), "--to", target)
    assert "no folder" in refusal("report", str(table6), "--to", str(tmp_path / "no/report.html"))
    to = ["--to", target]
    assert "no sweep of table7" in refusal("report", str(table6), *to, "--paper", "table7")
    assert "the paper's are table2" in refusal("report", str(table6), *to, "--paper", "figure9")
    assert "no sweep 'x'; there are: small-table6" in refusal(
        "report", str(table6), *to, "--sweep", "x")
    assert "expected KEY=VALUE" in refusal("report", str(table6), *to, "--where", "k")
    assert "'kk' is no setting" in refusal("report", str(table6), *to, "--where", "kk=3")


def test_a_table_as_markdown(table6: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", str(table6), "--paper", "table6", "--where", "method=FSSUAVL"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[2] == "| FSSUAVL R-18 | TINET |  | 13.00 ± 3.61 (3) | 10.37 | +2.63 |"


def test_a_sweep_without_evaluations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = GatheredFile()
    content.run("a", "s")
    assert main(["table", str(content.write(tmp_path / "r.h5"))]) == 1
    assert "the sweep 's' has no evaluations of finished runs" in capsys.readouterr().err


def test_no_runs_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "report.html"
    assert main(["report", str(GatheredFile().write(tmp_path / "r.h5")), "--to", str(target)]) == 1
    found = capsys.readouterr()
    assert found.out == "" and found.err.count("\n") == 1 and "there are no runs" in found.err
    assert not target.exists()


def test_runs_that_go_on_and_fail(tmp_path: Path) -> None:
    """Nothing has ended a round; then one run has, and another failed."""
    content = GatheredFile()
    content.run("r1", "s", 1, "unfinished", completed=0, model="")
    content.run("r2", "s", 2, "unfinished", completed=0, model="")
    target = tmp_path / "report.html"

    def page() -> str:
        source = content.write(tmp_path / "results.h5")
        assert main(["report", str(source), "--to", str(target)]) == 0
        return Page(target.read_text(encoding="utf-8")).text

    assert "2 runs (2 not begun)" in (text := page())
    assert "No run here has ended a round yet." in text
    content.runs[0]["completed"] = 1
    content.runs[1].update(state="failed", failure="run: rank 1: no space")
    content.rounds.append({"run": "r1", "round": 1, "loss.image": 2.0, "seconds.training": 3700.0})
    assert "2 runs (1 under way, 1 failed)" in (text := page())
    assert "s failed: run: rank 1: no space" in text and "1 of 4" in text and "1 h 02 min" in text
    assert "loss image" in text


def test_differences_of_each_setting(tmp_path: Path) -> None:
    """Paired by seed: of two settings, and none of one with more values than a page can compare."""
    content = GatheredFile()
    for alpha, bonus in ((0.1, 0.0), (1.0, 0.2)):
        for label in ("a", "b", "c", "d", "e"):
            for seed in (1, 2, 3):
                run = content.run(
                    f"{alpha}{label}{seed}", "s", seed, label__kind=label,
                    set__clients__alpha__image=alpha)
                content.evaluate(run, "knn", "cifar10", 0.3 + bonus + seed / 100)
    target = tmp_path / "report.html"
    source = content.write(tmp_path / "results.h5")
    assert main(["report", str(source), "--to", str(target)]) == 0
    text = Page(target.read_text(encoding="utf-8")).text
    assert "1 − 0.1" in text and "+20.00 [+20.00, +20.00]" in text and "greater" in text
    assert "kind has 5 values" in text and "b − a" not in text


def test_few_embeddings_are_no_picture(tmp_path: Path) -> None:
    """The page is made all the same, and says why."""
    content = GatheredFile()
    run = content.run("r", "s")
    content.rounds.append({"run": run, "round": 1, "loss.image": 1.0})
    content.embeddings[run, 4] = [("a", "image", 0, [float(place), 1.0]) for place in range(9)]
    target = tmp_path / "report.html"
    source = content.write(tmp_path / "results.h5")
    assert main(["report", str(source), "--to", str(target)]) == 0
    text = Page(target.read_text(encoding="utf-8")).text
    assert "Not drawn: 9 samples are too few" in text and "loss image" in text
