"""One page with every table and picture of a gathered file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from motet_analysis import html, paper
from motet_analysis.comparison import paper_table
from motet_analysis.errors import InputError
from motet_analysis.gathered import Gathered
from motet_analysis.layouts import LAYOUTS
from motet_analysis.report_runs import all_runs, summary
from motet_analysis.report_sweep import section
from motet_analysis.scatter import ScatterOptions


@dataclass(frozen=True)
class ReportOptions:
    """What a report shows."""

    #: Tables and figures of the paper, as `table6`; all that sweeps are of, where empty.
    paper: tuple[str, ...] = ()
    #: Sweeps; all where empty.
    sweeps: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    #: What pictures show, and the pictures (PNG); behind the sweeps.
    pictures: tuple[tuple[str, Path], ...] = ()
    scatter: ScatterOptions = field(default_factory=ScatterOptions)


def report(gathered: Gathered, options: ReportOptions) -> str:
    """The page. Throws where there are no runs."""
    if not len(gathered.runs):
        raise InputError(f"{gathered.name}: there are no runs in it, so there is nothing to report")
    sections = [("Runs", summary(gathered))]
    for sweep in chosen_sweeps(gathered, options.paper, options.sweeps):
        sections.append((
            sweep or "Runs without a sweep",
            section(gathered, sweep, options.where, options.scatter)))
    if options.pictures:
        sections.append(("Data", "\n".join(
            f"<h3>{escape(name)}</h3>\n{html.image(path, name)}"
            for name, path in options.pictures)))
    sections.append(("All runs", all_runs(gathered)))
    return html.page(f"Motet: {', '.join(path.stem for path in gathered.paths)}", sections)


def chosen_sweeps(
    gathered: Gathered, tables: tuple[str, ...] = (), names: tuple[str, ...] = ()
) -> list[str]:
    """The sweeps by those names and of those tables of the paper; all where neither is given."""
    for name in names:
        if name not in gathered.sweeps:
            raise InputError(
                f"{gathered.name}: there is no sweep '{name}'; there are: {_list(gathered.sweeps)}"
            )
    for table in tables:
        if not paper.load(table):
            raise InputError(
                f"--paper {table}: the paper's are {_list([*LAYOUTS])}, figure2, figure3, figure4"
            )
        if table not in map(paper_table, gathered.sweeps):
            raise InputError(
                f"{gathered.name}: there is no sweep of {table} (one whose name is {table} or ends "
                f"in -{table}); there are: {_list(gathered.sweeps)}"
            )
    return [
        sweep
        for sweep in gathered.sweeps
        if (not names or sweep in names) and (not tables or paper_table(sweep) in tables)
    ]


def _list(names: list[str]) -> str:
    return ", ".join(name or "(runs without a sweep)" for name in names) or "none"
