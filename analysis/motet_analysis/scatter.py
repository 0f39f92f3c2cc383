"""Figures 2 and 3: features in two dimensions, side by side, with how separate they are."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from motet_analysis.drawing import colour, legend_below, marker, panels
from motet_analysis.embeddings import Embeddings, load
from motet_analysis.gathered import Gathered
from motet_analysis.projection import PERPLEXITY, tsne
from motet_analysis.separation import Grouping, Separation, separation
from motet_analysis.settings import of_sweep, sort_key, telling, text, title
from motet_analysis.tables import TextTable


@dataclass(frozen=True)
class ScatterOptions:
    """How embeddings become a picture."""

    perplexity: float = PERPLEXITY
    #: Samples of each data set, at most.
    most: int = 250
    seed: int = 1


@dataclass(frozen=True)
class Panel:
    """The embeddings of one run after one round, and their name."""

    run: str
    number: int
    row: str
    column: str


@dataclass(frozen=True)
class Scatter:
    """A picture and its measures."""

    figure: Figure
    table: TextTable


def by_round(gathered: Gathered, sweep: str) -> list[Panel]:
    """Figure 2: a row of panels for each run with embeddings, a column for each round."""
    return _panels(gathered, sweep, lambda number, method: f"round {number}")


def by_method(gathered: Gathered, sweep: str) -> list[Panel]:
    """Figure 3: a column for each method (`label.method`), after each run's last round with
    embeddings; a row for each other setting and seed."""
    found = _panels(gathered, sweep, lambda number, method: method)
    last = {panel.run: max(own.number for own in found if own.run == panel.run) for panel in found}
    return [panel for panel in found if panel.column and panel.number == last[panel.run]]


def _panels(
    gathered: Gathered, sweep: str, column: Callable[[int, str], str]
) -> list[Panel]:
    runs = of_sweep(gathered.runs, sweep)
    keys = telling(runs)
    is_of_methods = column(0, "x") == "x"
    shown = [key for key in keys if not (is_of_methods and key in ("label.method", "mix"))]
    seeds = runs["set.seed"].nunique() > 1
    runs = runs.sort_values([*keys, "set.seed"], key=sort_key)
    return [
        Panel(
            row["run"], number,
            ", ".join(
                [f"{title(key)} {text(row[key])}" for key in shown]
                + ([f"seed {text(row['set.seed'])}"] if seeds else [])
            ),
            column(number, text(row.get("label.method", ""))),
        )
        for row in runs.to_dict("records")
        for run, number in gathered.embeddings
        if run == row["run"]
    ]


def draw(gathered: Gathered, found: list[Panel], options: ScatterOptions) -> Scatter:
    """Draws panels, at least one, and measures what they show."""
    rows = list(dict.fromkeys(panel.row for panel in found))
    columns = list(dict.fromkeys(panel.column for panel in found))
    figure = panels(len(rows), len(columns), height=3.4)
    axes = figure.subplots(len(rows), len(columns), squeeze=False)
    for row in axes:
        for own_axes in row:
            own_axes.set_axis_off()
    measured: list[tuple[Panel, Separation]] = []
    names: dict[str, None] = {}
    for panel in found:
        embeddings = load(
            gathered.embeddings[panel.run, panel.number], panel.run, panel.number).equal_numbers(
            options.most, options.seed)
        names.update(dict.fromkeys(sorted(set(embeddings.sets))))
        own = separation(embeddings)
        measured.append((panel, own))
        own_axes = axes[rows.index(panel.row)][columns.index(panel.column)]
        _draw(own_axes, embeddings, list(names), options)
        heading = ", ".join(part for part in (panel.row, panel.column) if part)
        own_axes.set_title(
            f"{heading}\nsilhouette: sets {own.sets.silhouette:.2f}, "
            f"modalities {own.modalities.silhouette:.2f}",
            fontsize=8,
        )
    legend_below(figure)
    return Scatter(figure, _table(measured))


def _draw(
    axes: Axes, embeddings: Embeddings, names: list[str], options: ScatterOptions
) -> None:
    positions = tsne(embeddings, options.perplexity, options.seed)
    sets = embeddings.sets
    for index, name in enumerate(names):
        own = positions[sets == name]
        if len(own):
            axes.scatter(
                own[:, 0], own[:, 1], s=6, color=colour(index), label=name, linewidths=0,
                marker=marker(index), rasterized=True,
            )
    axes.set_axis_on()
    axes.set_xticks([])
    axes.set_yticks([])


def _table(measured: list[tuple[Panel, Separation]]) -> TextTable:
    def parts(grouping: Grouping) -> list[str]:
        return [
            f"{grouping.silhouette:.3f}", f"{100 * grouping.purity:.1f}",
            f"{100 * grouping.chance:.1f}",
        ]

    return TextTable(
        [
            "", "", "samples", "silhouette, sets", "purity, sets, %", "chance, %",
            "silhouette, modalities", "purity, modalities, %", "chance, %",
        ],
        [
            [panel.row, panel.column, str(own.count), *parts(own.sets), *parts(own.modalities)]
            for panel, own in measured
        ],
        heads=2,
    )
