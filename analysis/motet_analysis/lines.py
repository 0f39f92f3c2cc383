"""Accuracy over one setting, with a line for each value of another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame, Series

from motet_analysis.drawing import colour, dashes, legend_below, marker, panels
from motet_analysis.measurements import Measurements
from motet_analysis.settings import number, sort_key, text, title
from motet_analysis.tables import accuracies


@dataclass(frozen=True)
class Axis:
    """A setting as the horizontal axis."""

    column: str
    logarithmic: bool = False


def over_alpha_and_mix(own: Measurements) -> Figure | None:
    """Accuracy over α for each mix, and below over the mix for each α: a column of panels for each
    evaluation. Nil where the sweep has one α alone, or something else than α and a mix varies."""
    if "alpha" not in own.keys:
        return None
    others = [key for key in own.keys if key != "alpha"]
    if len(others) > 1:
        return None
    found = _readable(own)
    names = sorted(found["panel"].unique())
    rows = 1 + len(others)
    figure = panels(rows, len(names))
    axes = figure.subplots(rows, len(names), squeeze=False)
    for column, name in enumerate(names):
        part = found[found["panel"] == name]
        _draw(axes[0][column], part, Axis("alpha", logarithmic=True), others)
        if others:
            _draw(axes[1][column], part, Axis(others[0]), ["alpha"])
        axes[0][column].set_title(name, fontsize=9)
    for row in axes:
        row[0].set_ylabel("accuracy, %")
        if others:
            row[-1].legend(fontsize=7, framealpha=0.6)
    return figure


def over_share(own: Measurements) -> Figure | None:
    """Figure 4: accuracy over the share of clients that have the second modality too, in panel (a)
    of sounds where all have images, in (b) of images where all have sounds. Nil where the sweep has
    no labels `panel` and `share`."""
    if not {"label.panel", "label.share"} <= set(own.keys):
        return None
    found = _readable(own)
    figure = panels(1, 2, width=4.6, height=3.6)
    titles = ("(a) images on all clients", "(b) sounds on all clients")
    for axes, panel, name in zip(figure.subplots(1, 2, sharey=True), "ab", titles):
        part = found[found["label.panel"].isin([panel, "both"])]
        _draw(axes, part, Axis("label.share"), ["panel"])
        axes.set_title(name, fontsize=9)
        axes.set_xlabel("clients with both modalities, %")
        axes.set_ylabel("accuracy, %")
    legend_below(figure)
    return figure


def _readable(own: Measurements) -> DataFrame:
    found = accuracies(own)
    found["panel"] = [
        " ".join(
            part
            for part in (row.task, row.data, row.figure.removeprefix("accuracy"), row.variant)
            if part
        )
        for row in found.itertuples()
    ]
    return found


def _draw(axes: Axes, part: DataFrame, axis: Axis, series: Sequence[str]) -> None:
    part = part.sort_values(axis.column, key=sort_key)
    place = _places(axes, part[axis.column], axis)
    keys = part[list(series)].apply(lambda row: tuple(map(text, row)), axis=1)
    for index, (names, own) in enumerate(part.groupby(keys, sort=False)):
        spreads = list(own["spread"])
        axes.errorbar(
            [place(value) for value in own[axis.column]],
            [100 * spread.mean for spread in spreads],
            yerr=[0 if spread.n == 1 else 100 * spread.sd for spread in spreads],
            label=", ".join(_label(name, value) for name, value in zip(series, names)),
            color=colour(index), linestyle=dashes(index), marker=marker(index), markersize=4,
            linewidth=1.2, capsize=2,
        )
    axes.set_xlabel(title(axis.column))


def _label(name: str, value: object) -> str:
    return text(value) if name == "panel" else f"{title(name)} {_word(value)}"


def _word(value: object) -> str:
    """A value for people; a run may have no such setting."""
    return text(value) or "none"


def _places(
    axes: Axes, column: Series, axis: Axis
) -> Callable[[object], float]:
    """Where a value of a column lies: by size where all are numbers, else one beside the other."""
    # By its text: a missing value is not equal to another, and so no key.
    values = list({text(value): value for value in column}.values())
    sizes = [size for value in values if (size := number(value)) is not None]
    if len(sizes) == len(values):
        if axis.logarithmic and min(sizes) > 0:
            axes.set_xscale("log")
        axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
        axes.minorticks_off()
        by_size = dict(zip(map(text, values), sizes))
        return lambda value: by_size[text(value)]
    axes.set_xticks(range(len(values)), [_word(value) for value in values], fontsize=7)
    axes.margins(x=0.1)
    by_place = {text(value): float(place) for place, value in enumerate(values)}
    return lambda value: by_place[text(value)]
