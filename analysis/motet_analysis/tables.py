"""Tables of measurements: mean ± sd (n) over seeds."""

import math
from dataclasses import dataclass

from pandas import DataFrame

from motet_analysis.comparison import Comparison
from motet_analysis.differences import Differences
from motet_analysis.gains import LITTLE, Gain
from motet_analysis.measurements import Measurements, evaluation
from motet_analysis.settings import sort_key, text, title
from motet_analysis.spread import Spread, spread
from motet_analysis.verdicts import Verdict


@dataclass(frozen=True)
class TextTable:
    """A table of texts; its first `heads` columns name the rows."""

    columns: list[str]
    rows: list[list[str]]
    heads: int = 1

    def markdown(self) -> str:
        """As in a README."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def accuracies(own: Measurements) -> DataFrame:
    """Our accuracies: the keys, `task`, `data`, `figure`, `variant`, and a `spread` over seeds."""
    rows = own.accuracies()
    by = [*own.keys, "task", "data", "figure", "variant"]
    return DataFrame(
        [
            {**dict(zip(by, values)), "spread": spread(part["value"])}
            for values, part in rows.groupby(by, sort=False, dropna=False)
        ],
        columns=[*by, "spread"],
    )


def sweep_table(own: Measurements) -> TextTable:
    """Every accuracy of a sweep: a row for each setting, a column for each evaluation."""
    found = accuracies(own)
    settings = [*own.keys]
    cells: dict[tuple[str, ...], dict[str, Spread]] = {}
    columns: dict[str, None] = {}
    for row in found.sort_values(settings, key=sort_key).to_dict("records") if settings else (
        found.to_dict("records")
    ):
        column = evaluation(row["task"], row["data"], row["figure"], row["variant"])
        columns[column] = None
        key = tuple(text(row[setting]) for setting in settings)
        cells.setdefault(key, {})[column] = row["spread"]
    names = sorted(columns)
    return TextTable(
        [*map(title, settings), *names],
        [
            [*key, *(own_cells[name].text() if name in own_cells else "" for name in names)]
            for key, own_cells in cells.items()
        ],
        heads=len(settings),
    )


def geometry_table(own: Measurements) -> TextTable | None:
    """The figures of `motet evaluate --task geometry`, a row each, with a column for each setting;
    None where nothing of it was measured."""
    rows = own.rows[own.rows["task"] == "geometry"]
    if not len(rows):
        return None
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    columns: dict[str, None] = {}
    if own.keys:
        rows = rows.sort_values([*own.keys], key=sort_key, kind="stable")
    by = [*own.keys, "data", "variant", "figure"]
    for values, part in rows.groupby(by, sort=False, dropna=False):
        *settings, data, variant, figure = values
        column = ", ".join(map(text, settings)) or "here"
        columns[column] = None
        own_cells = cells.setdefault((data, variant, figure), {})
        own_cells[column] = spread(part["value"]).text(scale=1, digits=4)
    return TextTable(
        ["", *columns],
        [
            [" ".join(filter(None, row)), *(own_cells.get(column, "") for column in columns)]
            for row, own_cells in cells.items()
        ],
    )


def comparison_table(comparison: Comparison) -> TextTable:
    """A row for each number of ours that the paper's table has a place for."""
    rows = []
    for row in comparison.rows:
        for column in comparison.columns:
            cell = comparison.cells.get((row, column))
            if cell is not None and cell.ours is not None:
                before = comparison.before.get((row, column))
                rows.append(
                    [
                        row, comparison.heading(column), spread(before.values()).text()
                        if before else "", *cell.lines(),
                    ]
                )
    return TextTable(
        ["", "", "random encoder, % (n)", "here, % (n)", "paper, %", "difference, points"], rows,
        heads=2)


def verdict_table(comparison: Comparison, found: list[Verdict]) -> TextTable:
    """A row for each of the paper's differences."""
    return TextTable(
        ["", "", "minus", "paper, points", "here, points", "pairs", ""],
        [
            [
                own.row, comparison.heading(own.column), own.baseline, f"{own.paper:+.2f}",
                own.pairs.text(), str(own.pairs.difference.n), own.word,
            ]
            for own in found
        ],
        heads=3,
    )


def gain_table(own: Measurements, found: list[Gain]) -> TextTable:
    """A row for each setting and evaluation."""
    return TextTable(
        [
            *map(title, own.keys), "evaluation", "modality", "views alone, %",
            "random encoder, % (n)", "trained, % (n)", "gain, points", "",
        ],
        [
            [
                *gain.settings, gain.evaluation, gain.modality,
                "" if math.isnan(gain.floor) else f"{100 * gain.floor:.2f}",
                gain.pairs.first.text(), gain.pairs.second.text(), gain.pairs.text(),
                f"below {LITTLE:g}" if gain.is_little else "",
            ]
            for gain in found
        ],
        heads=len(own.keys) + 2,
    )


def difference_tables(own: Differences) -> list[TextTable]:
    """A table for each contrast, with a row for each place."""
    name = title(own.of)
    return [
        TextTable(
            [
                *map(title, own.settings), "evaluation", "modality",
                f"{name} {contrast.first}, % (n)", f"{name} {contrast.second}, % (n)",
                "difference, points", "pairs", "ahead",
            ],
            [
                [
                    *place.settings, place.evaluation, place.modality, pairs.first.text(),
                    pairs.second.text(), pairs.text(), str(pairs.difference.n),
                    f"{pairs.ahead} of {pairs.difference.n}",
                ]
                for place, pairs in contrast.pairs.items()
            ],
            heads=len(own.settings) + 2,
        )
        for contrast in own.contrasts
    ]


def contrast_table(own: Differences) -> TextTable:
    """All contrasts in one table, each with whether its second value is greater."""
    return TextTable(
        [
            title(own.of), *map(title, own.settings), "evaluation", "modality", "left, % (n)",
            "right, % (n)", "difference, points", "pairs", "ahead", "",
        ],
        [
            [
                f"{contrast.second} − {contrast.first}", *place.settings, place.evaluation,
                place.modality, pairs.second.text(), pairs.first.text(), pairs.text(),
                str(pairs.difference.n), f"{pairs.ahead} of {pairs.difference.n}", pairs.word,
            ]
            for contrast in own.contrasts
            for place, pairs in contrast.pairs.items()
        ],
        heads=len(own.settings) + 3,
    )
