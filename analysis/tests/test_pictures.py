from pathlib import Path

import numpy
import pytest

from gathered_file import GatheredFile
from motet_analysis.cli import main
from motet_analysis.curves import learning_curves
from motet_analysis.embeddings import load as load_embeddings
from motet_analysis.errors import InputError
from motet_analysis.gathered import load
from motet_analysis.lines import over_alpha_and_mix, over_share
from motet_analysis.measurements import measurements
from motet_analysis.projection import tsne
from motet_analysis.scatter import ScatterOptions, by_method, by_round, draw


def clouds(seed: int, distance: float) -> list[tuple[str, str, int, list[float]]]:
    """Two sets of images and one of sounds, 30, 24 and 20 samples."""
    random = numpy.random.default_rng(seed)
    samples = []
    for place, (data, modality, count) in enumerate(
        [("tinyimagenet", "image", 30), ("cifar10", "image", 24), ("fsdd", "audio", 20)]
    ):
        for label in range(count):
            features = random.normal(size=6)
            features[place] += distance
            samples.append((data, modality, label % 4, features.tolist()))
    return samples


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    """Figure 3 with embeddings of two rounds, and a sweep over α and mix."""
    content = GatheredFile()
    for place, method in enumerate(("FASSL", "FVSSL", "FSSUAVL")):
        run = content.run(method, "small-figure3", label__method=method)
        for number in (2, 4):
            content.embeddings[run, number] = clouds(place, distance=number * place)
            content.monitor.append(
                {"run": run, "round": number, "data": "fsdd", "modality": "audio",
                 "accuracy": 0.1 * number})
        content.rounds += [
            {"run": run, "round": number, "views": 100, "loss.image": 4.0 / number}
            for number in (1, 2, 3, 4)
        ]
    for alpha in (0.01, 0.1, 1000.0):
        for mix in ("both", "halves"):
            for seed in (1, 2):
                run = content.run(
                    f"{alpha}-{mix}-{seed}", "small-alpha-mix", seed, label__mix=mix,
                    **{f"set__clients__alpha__{name}": alpha for name in ("image", "audio")})
                content.evaluate(run, "knn", "fsdd", 0.1 + 0.01 * seed + (mix == "both") * 0.1)
                content.evaluate(run, "knn", "cifar10", 0.3)
    for panel, share in (("a", 0), ("a", 30), ("both", 100), ("b", 0), ("b", 30)):
        run = content.run(
            f"{panel}{share}", "small-figure4", label__panel=panel, label__share=str(share))
        content.evaluate(run, "knn", "fsdd", share / 200 + 0.1)
    return content.write(tmp_path / "results.h5")


def test_equal_numbers_of_each_set(figures: Path) -> None:
    own = load_embeddings(figures, "FVSSL", 4)
    assert len(own) == 74 and own.features.shape == (74, 6) and own.output == "encoder"
    equal = own.equal_numbers(100, seed=1)
    assert {name: int((equal.data == name).sum()) for name in set(equal.data)} == {
        "tinyimagenet": 20, "cifar10": 20, "fsdd": 20}
    # The same rows, with their labels.
    for features, label in zip(equal.features, equal.label):
        place = int(numpy.flatnonzero((own.features == features).all(axis=1))[0])
        assert own.label[place] == label
    assert len(own.equal_numbers(7, seed=1)) == 21
    assert (own.equal_numbers(7, seed=1).features == own.equal_numbers(7, seed=1).features).all()
    with pytest.raises(InputError, match="motet embed --round 9"):
        load_embeddings(figures, "FVSSL", 9)


def test_neighbours_stay_neighbours(figures: Path) -> None:
    own = load_embeddings(figures, "FSSUAVL", 4)
    positions = tsne(own, perplexity=15)
    assert positions.shape == (74, 2)
    distances = numpy.linalg.norm(positions[:, None] - positions[None], axis=2)
    numpy.fill_diagonal(distances, numpy.inf)
    assert (own.data[distances.argmin(axis=1)] == own.data).mean() > 0.9
    with pytest.raises(InputError, match="74 samples are too few for a perplexity of 80"):
        tsne(own, perplexity=80)


def test_figures_2_and_3(figures: Path) -> None:
    gathered = load(figures)
    panels = by_round(gathered, "small-figure3")
    assert [(panel.row, panel.column) for panel in panels][:2] == [
        ("method FASSL", "round 2"), ("method FASSL", "round 4")]
    panels = by_method(gathered, "small-figure3")
    assert [(panel.row, panel.column, panel.number) for panel in panels] == [
        ("", "FASSL", 4), ("", "FVSSL", 4), ("", "FSSUAVL", 4)]
    scatter = draw(gathered, panels, ScatterOptions(perplexity=10, most=20))
    assert len(scatter.figure.axes) == 3
    # Three sets of 20: 19 of the 59 others are of the own set.
    assert [row[5] for row in scatter.table.rows] == ["32.2"] * 3
    mixed, separate = scatter.table.rows[0], scatter.table.rows[2]
    assert separate[1] == "FSSUAVL" and float(separate[3]) > 0.5 > float(mixed[3])
    assert float(separate[4]) > 99


def test_lines_are_what_was_measured(figures: Path) -> None:
    gathered = load(figures)
    figure = over_alpha_and_mix(measurements(gathered, "small-alpha-mix"))
    assert figure is not None and len(figure.axes) == 4
    axes = next(own for own in figure.axes if own.get_title() == "knn fsdd")
    assert axes.get_xscale() == "log"
    both = dict(zip(axes.get_legend_handles_labels()[1], axes.containers))["mix both"]
    assert both.lines[0].get_xdata().tolist() == [0.01, 0.1, 1000]
    numpy.testing.assert_allclose(both.lines[0].get_ydata().astype(float), [21.5] * 3)
    # Two seeds one point apart: the deviation is 1 / sqrt(2).
    ends = both.lines[2][0].get_segments()[0][:, 1].astype(float)
    numpy.testing.assert_allclose(ends, [21.5 - 0.5**0.5, 21.5 + 0.5**0.5])
    assert over_share(measurements(gathered, "small-alpha-mix")) is None
    assert over_alpha_and_mix(measurements(gathered, "small-figure3")) is None


def test_shares(figures: Path) -> None:
    figure = over_share(measurements(load(figures), "small-figure4"))
    assert figure is not None
    for axes in figure.axes:
        line = axes.containers[0].lines[0]
        assert line.get_xdata().tolist() == [0, 30, 100]
        numpy.testing.assert_allclose(line.get_ydata().astype(float), [10, 25, 60])


def test_curves(figures: Path) -> None:
    figure = learning_curves(load(figures), "small-figure3")
    assert figure is not None
    assert [axes.get_title() for axes in figure.axes] == ["loss image", "kNN fsdd (audio), %"]
    line = figure.axes[0].lines[0]
    assert line.get_xdata().tolist() == [1, 2, 3, 4] and line.get_ydata().tolist() == [4, 2, 4 / 3, 1]
    numpy.testing.assert_allclose(figure.axes[1].lines[0].get_ydata(), [20, 40])
    assert learning_curves(load(figures), "small-alpha-mix") is None


def test_figures_as_files(figures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "figure3.png"
    arguments = ["figure", str(figures), "methods", "--paper", "figure3"]
    assert main([*arguments, "--to", str(picture), "--perplexity", "10"]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "silhouette, modalities" in capsys.readouterr().out
    assert main([*arguments, "--to", str(tmp_path / "x.gif"), "--perplexity", "10"]) == 1
    assert "give a .png, .svg or .pdf" in capsys.readouterr().err
    assert main(["figure", str(figures), "share", "--paper", "figure3", "--to", str(picture)]) == 1
    assert "has nothing to draw as share" in capsys.readouterr().err
