"""One page with every table and picture of a gathered file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from pandas import DataFrame

from motet_analysis import html, paper
from motet_analysis.comparison import compare, paper_table
from motet_analysis.curves import learning_curves
from motet_analysis.errors import InputError
from motet_analysis.gains import gains
from motet_analysis.gathered import Gathered
from motet_analysis.layouts import LAYOUTS
from motet_analysis.lines import over_alpha_and_mix, over_share
from motet_analysis.measurements import measurements
from motet_analysis.scatter import ScatterOptions, by_method, by_round, draw
from motet_analysis.settings import described, telling, text, title
from motet_analysis.tables import TextTable, gain_table, geometry_table, sweep_table


#: The paper's figures that are drawn of embeddings: other sweeps do not show these runs' again.
_SCATTERS = ("figure2", "figure3")


@dataclass(frozen=True)
class ReportOptions:
    """What a report shows."""

    #: Tables and figures of the paper, as `table6`; all that sweeps are of, where empty.
    paper: tuple[str, ...] = ()
    #: Sweeps; all where empty.
    sweeps: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    #: What pictures show, and the pictures (PNG); before the sweeps.
    pictures: tuple[tuple[str, Path], ...] = ()
    scatter: ScatterOptions = field(default_factory=ScatterOptions)


def report(gathered: Gathered, options: ReportOptions) -> str:
    """The page."""
    sections = [("Runs", _summary(gathered))]
    if options.pictures:
        sections.append(("Data", "\n".join(
            f"<h3>{escape(name)}</h3>\n{html.image(path, name)}"
            for name, path in options.pictures)))
    for sweep in chosen_sweeps(gathered, options.paper, options.sweeps):
        sections.append((sweep or "runs without a sweep", _sweep(gathered, sweep, options)))
    sections.append(("All runs", _all_runs(gathered)))
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


def _sweep(gathered: Gathered, sweep: str, options: ReportOptions) -> str:
    own = measurements(gathered, sweep, options.where)
    parts = []
    of_paper = paper_table(sweep)
    if of_paper in LAYOUTS:
        comparison = compare(of_paper, own)
        parts += [
            f"<h3>{comparison.layout.title}</h3>",
            html.paragraph(
                "Accuracy in percent, mean ± standard deviation (number of seeds); below it the "
                "paper's number and the difference in points. The paper has no seeds.",
                "small",
            ),
            html.comparison(comparison),
        ]
        notes = comparison.notes
    else:
        notes = own.notes
    parts += [html.paragraph(note, "note") for note in notes]
    if len(own.rows):
        parts += ["<h3>Every evaluation</h3>", html.table(sweep_table(own))]
    learned = gains(own) if len(own.rows) else []
    if learned:
        parts += [
            "<h3>What was learned</h3>",
            html.paragraph(
                "Accuracy after training minus that of the same encoder before, paired by seed, with "
                "95 % intervals.", "small"),
            html.table(gain_table(own, learned)),
        ]
    geometry = geometry_table(own)
    if geometry is not None:
        parts += ["<h3>Geometry of the features</h3>", html.table(geometry)]
    for figure, name in (
        (over_alpha_and_mix(own), "Accuracy over α and mix; bars are standard deviations over seeds"),
        (over_share(own), "Figure 4: accuracy over the share of clients with both modalities"),
    ):
        if figure is not None:
            parts += [f"<h3>{name}</h3>", html.picture(figure, name)]
    if of_paper == "figure4":
        parts.append(html.table(_claims(of_paper)))
    curves = learning_curves(gathered, sweep)
    if curves is not None:
        name = "Learning curves; bands are from the lowest to the highest seed"
        parts += [f"<h3>{name}</h3>", html.picture(curves, name)]
    return "\n".join(parts + _scatters(gathered, sweep, options.scatter))


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
            scatter = draw(gathered, panels, options)
            parts += [
                f"<h3>{name}</h3>",
                html.paragraph(
                    f"Perplexity {options.perplexity:g}, as many samples of each set. Silhouette and "
                    "purity (the share of the 10 nearest neighbours that are of the same group) are of "
                    "the features by cosine, not of the picture.",
                    "small",
                ),
                html.picture(scatter.figure, name, "png"),
                html.table(scatter.table),
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


def _summary(gathered: Gathered) -> str:
    runs = gathered.runs.drop_duplicates("run")
    states = ", ".join(
        f"{int((runs['state'] == state).sum())} {state}"
        for state in ("finished", "unfinished", "failed")
        if (runs["state"] == state).any()
    )
    hosts = sorted(set(runs["host"]) - {""}) if "host" in runs else []
    place = f" on {_counted(len(hosts), 'host')}" if hosts else ""
    parts = [
        html.paragraph(
            f"{_counted(len(runs), 'run')} ({states}){place}, gathered by Motet {gathered.motet}; "
            f"{len(gathered.evaluations)} figures of evaluations, {len(gathered.embeddings)} sets of "
            "embeddings."
        )
    ]
    if len(gathered.damaged):
        parts.append(
            html.paragraph(f"{len(gathered.damaged)} files were damaged when gathering:", "note"))
        parts.append(html.table(_texts(gathered.damaged, list(gathered.damaged))))
    return "\n".join(parts)


def _all_runs(gathered: Gathered) -> str:
    runs = described(gathered.runs)
    if "cell" in runs:
        runs["cell"] = ["" if cell == -1 else cell for cell in runs["cell"]]
    keys = telling(runs)
    columns = [
        column
        for column in ("run", "set.name", "sweep", "cell", "state", "completed", "set.seed", *keys, "model")
        if column in runs
    ]
    return html.table(_texts(runs, columns))


def _texts(frame: DataFrame, columns: list[str]) -> TextTable:
    return TextTable(
        [title(column) for column in columns],
        [[text(value) for value in row] for row in frame[columns].itertuples(index=False)],
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _list(names: list[str]) -> str:
    return ", ".join(name or "(runs without a sweep)" for name in names) or "none"
