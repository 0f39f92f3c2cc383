"""What a report says of a sweep, or of the runs that belong to none."""

from collections.abc import Mapping
from dataclasses import replace

from motet_analysis import html, html_tables, paper
from motet_analysis.comparison import Comparison, compare, paper_table
from motet_analysis.curves import learning_curves
from motet_analysis.differences import differences
from motet_analysis.errors import InputError
from motet_analysis.gains import gains
from motet_analysis.gathered import Gathered
from motet_analysis.idle import Idle, idle
from motet_analysis.layouts import LAYOUTS
from motet_analysis.lines import over_alpha_and_mix, over_share
from motet_analysis.measurements import Measurements, measurements
from motet_analysis.scatter import ScatterOptions, by_method, by_round, draw
from motet_analysis.settings import text, title
from motet_analysis.tables import (
    TextTable, contrast_table, gain_table, geometry_table, sweep_table, verdict_table)
from motet_analysis.verdicts import verdicts

#: The paper's figures that are drawn of embeddings: other sweeps do not show these runs' again.
_SCATTERS = ("figure2", "figure3")
#: A setting of more values has too many differences for a page.
_MOST_VALUES = 4
#: Of more ranks than these the least, the middle and the most idle one are shown.
_MOST_RANKS = 16


def section(
    gathered: Gathered, sweep: str, where: Mapping[str, str], scatter: ScatterOptions
) -> str:
    """The tables and figures of a sweep, each where it has something to show."""
    own = measurements(gathered, sweep, where)
    of_paper = paper_table(sweep)
    comparison = compare(of_paper, own) if of_paper in LAYOUTS else None
    parts = _compared(comparison) if comparison else []
    parts += [html.paragraph(note, "note") for note in (comparison or own).notes]
    if len(own.rows):
        parts += ["<h3>Every evaluation</h3>", html_tables.table(sweep_table(own))]
        parts += _learned(own)
        parts += _verdicts(comparison) if comparison else _differences(own)
    geometry = geometry_table(own)
    if geometry is not None:
        parts += ["<h3>Geometry of the features</h3>", html_tables.table(geometry)]
    for figure, name in (
        (over_alpha_and_mix(own), "Accuracy over α and mix; bars are standard deviations over seeds"),
        (over_share(own), "Figure 4: accuracy over the share of clients with both modalities"),
    ):
        if figure is not None:
            parts += [f"<h3>{name}</h3>", html.figure(figure, f"{sweep}: {name}")]
    if of_paper == "figure4":
        parts.append(html_tables.table(_claims(of_paper)))
    curves = learning_curves(gathered, sweep)
    if curves is not None:
        name = "Learning curves; bands are from the lowest to the highest seed"
        parts += [f"<h3>{name}</h3>", html.figure(curves, f"{sweep}: {name}")]
    else:
        parts.append(html.paragraph("No run here has ended a round yet.", "note"))
    parts += _idle(idle(gathered, sweep))
    return "\n".join(parts + _scatters(gathered, sweep, scatter))


def _compared(comparison: Comparison) -> list[str]:
    return [
        f"<h3>{comparison.layout.title}</h3>",
        html.paragraph(
            "Accuracy in percent, mean ± standard deviation (number of seeds); below it the "
            "paper's number and the difference in points. The paper has no seeds.",
            "small",
        ),
        html_tables.comparison(comparison),
    ]


def _learned(own: Measurements) -> list[str]:
    found = gains(own)
    if not found:
        return []
    return [
        "<h3>What was learned</h3>",
        html.paragraph(
            "Accuracy after training minus that of the same encoder before, paired by seed, with "
            "95 % intervals.", "small"),
        html_tables.table(gain_table(own, found)),
    ]


def _verdicts(comparison: Comparison) -> list[str]:
    """The differences that the paper makes in a table, where both sides were measured."""
    found = verdicts(comparison)
    if not found:
        return []
    return [
        "<h3>Differences, paired by seed</h3>",
        html.paragraph(
            "In points, with 95 % intervals of our mean difference; the last column holds its sign "
            "against that of the paper's.", "small"),
        html_tables.table(verdict_table(comparison, found)),
    ]


def _differences(own: Measurements) -> list[str]:
    """Between the first value of each setting and its others, where several seeds have both."""
    parts = []
    rows = own.accuracies()
    for key in own.keys:
        count = rows[key].map(text).nunique()
        if count > _MOST_VALUES:
            parts.append(html.paragraph(
                f"{title(key)} has {count} values: motet_analysis differences --of {title(key)} "
                "compares any two.", "small"))
            continue
        try:
            found = differences(own, key)
        except InputError:
            # Nothing has a pair.
            continue
        several = [
            contrast for contrast in found.contrasts
            if any(pairs.difference.n > 1 for pairs in contrast.pairs.values())]
        if several:
            parts += [
                html_tables.table(contrast_table(replace(found, contrasts=several))),
                html.notes([note for note in found.notes if note not in own.notes]),
            ]
    if not parts:
        return []
    return [
        "<h3>Differences, paired by seed</h3>",
        html.paragraph(
            "Of two values of a setting, with 95 % intervals of the mean difference; ahead are the "
            "pairs in which the left one is greater. The last column goes by the interval, which "
            "speaks for its row alone: of twenty rows without any difference, one will seem to have "
            "some.", "small"),
        *parts,
    ]


def _idle(found: list[Idle]) -> list[str]:
    if not found:
        return []
    ranks = sorted({rank for own in found for rank in own.ranks})
    if len(ranks) > _MOST_RANKS:
        columns = ["least idle rank", "middle", "most idle rank"]
        rows = [_extremes(own) for own in found]
    else:
        columns = [f"rank {rank}" for rank in ranks]
        rows = [[own.ranks.get(rank) for rank in ranks] for own in found]
    return [
        "<h3>Idle share by rank</h3>",
        html.paragraph(
            "Of the time that training took, the share in which a rank had no client to train and "
            "waited for the others. Rank 0 aggregates and trains none. Where it is high, a round has too "
            "few clients, or too unequal ones, for so many ranks.", "small"),
        html_tables.shares(
            ["", "all ranks", *columns],
            [(own.name, [own.share, *values]) for own, values in zip(found, rows)],
        ),
    ]


def _extremes(own: Idle) -> list[float | None]:
    shares = sorted(own.ranks.values())
    return [shares[0], shares[len(shares) // 2], shares[-1]] if shares else [None] * 3


def _scatters(gathered: Gathered, sweep: str, options: ScatterOptions) -> list[str]:
    parts = []
    of_paper = paper_table(sweep)
    # Runs that several sweeps share have the embeddings of all of them.
    shown = set() if of_paper in _SCATTERS else _runs_of_scatters(gathered)
    rounds, methods = (
        [panel for panel in panels if panel.run not in shown]
        for panels in (by_round(gathered, sweep), by_method(gathered, sweep))
    )
    has_methods = len({panel.column for panel in methods}) > 1
    has_rounds = len({panel.number for panel in rounds}) > 1 or not has_methods
    for panels, name, is_shown in (
        (rounds, "t-SNE of the features by round (Figure 2)",
            of_paper == "figure2" or has_rounds and of_paper != "figure3"),
        (methods, "t-SNE of the features by method (Figure 3)",
            of_paper == "figure3" or has_methods and of_paper != "figure2"),
    ):
        if panels and is_shown:
            parts.append(f"<h3>{name}</h3>")
            try:
                scatter = draw(gathered, panels, options)
            except InputError as error:
                parts.append(html.paragraph(f"Not drawn: {error}", "note"))
                continue
            parts += [
                html.paragraph(
                    f"Perplexity {options.perplexity:g}, as many samples of each set. Silhouette and "
                    "purity (the share of the 10 nearest neighbours that are of the same group) are of "
                    "the features by cosine, not of the picture.",
                    "small",
                ),
                html.figure(scatter.figure, f"{sweep}: {name}"),
                html_tables.table(scatter.table),
            ]
    return parts


def _runs_of_scatters(gathered: Gathered) -> set[str]:
    is_shown = gathered.runs["sweep"].map(paper_table).isin(_SCATTERS)
    return set(gathered.runs["run"][is_shown])


def _claims(name: str) -> TextTable:
    return TextTable(
        ["", "the paper says", ""],
        [[cell.row, cell.column, cell.text] for cell in paper.load(name)],
    )
