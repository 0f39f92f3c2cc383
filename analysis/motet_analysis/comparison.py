"""A table of the paper with our numbers in it."""

import math
from collections import defaultdict
from dataclasses import dataclass

from motet_analysis import paper
from motet_analysis.datasets import paper_names, stand_ins
from motet_analysis.layouts import LAYOUTS, Layout, Source
from motet_analysis.measurements import Measurements
from motet_analysis.spread import Spread, spread


@dataclass(frozen=True)
class Cell:
    """Ours and the paper's number in one place, in percent."""

    ours: Spread | None
    paper: float | None

    @property
    def difference(self) -> float | None:
        """Ours minus the paper's, in points."""
        if self.ours is None or self.paper is None:
            return None
        return 100 * self.ours.mean - self.paper

    def lines(self) -> tuple[str, str, str]:
        """Ours, the paper's, the difference; empty where there is none."""
        return (
            self.ours.text() if self.ours else "",
            f"{self.paper:.2f}" if self.paper is not None else "",
            f"{self.difference:+.2f}" if self.difference is not None else "",
        )


@dataclass(frozen=True)
class Comparison:
    """A table of the paper, row by row."""

    layout: Layout
    rows: list[str]
    columns: list[str]
    cells: dict[tuple[str, str], Cell]
    #: Ours by seed.
    seeds: dict[tuple[str, str], dict[float, float]]
    #: The same of the encoder before training, where it was measured.
    before: dict[tuple[str, str], dict[float, float]]
    #: Stores that stand in for a data set of the paper, by the latter's name.
    stand_ins: dict[str, str]
    notes: list[str]

    def heading(self, column: str) -> str:
        """The column's name, and what stands in for its data set."""
        own = [store for name, store in self.stand_ins.items() if name in column]
        return f"{column} (here {own[0]})" if own else column


def compare(name: str, own: Measurements) -> Comparison:
    """Our measurements beside those of the paper's table `name`."""
    layout = LAYOUTS[name]
    notes = list(own.notes)
    names = paper_names(set(own.rows["data"]))
    # By place, then by seed, then by way of measuring: after training, and before.
    found: dict[tuple[str, str], dict[float, dict[str, tuple[float, float]]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for row in own.rows.to_dict("records"):
        place = layout.place(
            Source(
                task=row["task"], figure=row["figure"], data=names.get(row["data"], row["data"]),
                method=row.get("label.method", ""), arch=row.get("label.arch", ""),
                ssl=row.get("label.ssl", ""), joins=row["joins"],
            )
        )
        if place is not None:
            # What tells runs apart beyond the table's places makes other numbers too.
            way = ", ".join([row["variant"], *(str(row[key]) for key in own.keys)])
            found[place][row["seed"]][way] = (row["value"], row["before"])
    values, before = {}, {}
    for place, seeds in found.items():
        ways = {way for measured in seeds.values() for way in measured}
        if len(ways) > 1:
            notes.append(
                f"{place[0]}, {place[1]}: measured in {len(ways)} ways, left empty; choose with --where"
            )
            continue
        both = {seed: measured[next(iter(ways))] for seed, measured in seeds.items()}
        values[place] = {seed: after for seed, (after, _) in both.items()}
        before[place] = {
            seed: value for seed, (_, value) in both.items() if not math.isnan(value)}
    for column, parts in layout.averages.items():
        for row in {place[0] for place in values}:
            for measured in (values, before):
                average = _average([measured.get((row, part)) for part in parts])
                if average:
                    measured[row, column] = average
    cells = {place: Cell(spread(seeds.values()), None) for place, seeds in values.items()}
    rows: list[str] = []
    columns: list[str] = []
    for printed in paper.load(name):
        if printed.value is None or printed.column in layout.settings:
            continue
        place = printed.row, printed.column
        own_cell = cells.get(place)
        cells[place] = Cell(own_cell.ours if own_cell else None, printed.value)
        rows += [printed.row] if printed.row not in rows else []
        columns += [printed.column] if printed.column not in columns else []
    for row, column in sorted(values):
        rows += [row] if row not in rows else []
        columns += [column] if column not in columns else []
    return Comparison(layout, rows, columns, cells, values, before, stand_ins(names), notes)


def _average(parts: list[dict[float, float] | None]) -> dict[float, float]:
    """By seed, where all parts have it."""
    if any(part is None for part in parts):
        return {}
    present = [part for part in parts if part is not None]
    seeds = set.intersection(*(set(part) for part in present))
    return {seed: math.fsum(part[seed] for part in present) / len(present) for seed in seeds}


def paper_table(sweep: str) -> str | None:
    """The paper's table or figure that a sweep is of: `small-table6` is of `table6`."""
    last = sweep.rsplit("-", 1)[-1]
    return last if last in LAYOUTS or last.startswith("figure") else None
