"""The command `python -m motet_analysis`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from motet_analysis.comparison import compare, paper_table
from motet_analysis.curves import learning_curves
from motet_analysis.differences import differences
from motet_analysis.drawing import check, save
from motet_analysis.errors import InputError
from motet_analysis.gains import gains
from motet_analysis.gathered import Gathered, load
from motet_analysis.keeping import keep
from motet_analysis.layouts import LAYOUTS
from motet_analysis.lines import over_alpha_and_mix, over_share
from motet_analysis.measurements import Measurements, measurements
from motet_analysis.projection import PERPLEXITY
from motet_analysis.report import ReportOptions, chosen_sweeps, report
from motet_analysis.scatter import ScatterOptions, by_method, by_round, draw
from motet_analysis.tables import (
    comparison_table, difference_tables, gain_table, geometry_table, sweep_table, verdict_table)
from motet_analysis.verdicts import verdicts


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; what a user can mend is one line, and the status 1."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except InputError as error:
        print(f"motet_analysis: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="motet_analysis", description=(
        "Tables, figures and a report of runs that motet gather put into one file."))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    page = commands.add_parser("report", help="every table and figure as one HTML page")
    page.set_defaults(run=_report)
    page.add_argument("files", type=Path, nargs="+", metavar="file")
    page.add_argument("--to", type=Path, required=True, help="the page to write (.html)")
    page.add_argument("--paper", action="append", default=[], metavar="TABLE", help=(
        "only the sweeps of this table or figure of the paper, as table6; once for each"))
    page.add_argument("--sweep", action="append", default=[], help="only this sweep; once for each")
    page.add_argument("--picture", action="append", default=[], metavar="TITLE=FILE", help=(
        "a PNG that is shown too; once for each"))
    _choice(page)
    _scatter(page)

    for name, run, said in (
        ("table", _table, "a sweep's table as Markdown"),
        ("gains", _gains, (
            "accuracies minus those of the same encoder before training (evaluations with "
            "'round: 0'), paired by seed, as Markdown")),
        ("verdicts", _verdicts, (
            "the differences that a table of the paper makes, beside ours, paired by seed: with the "
            "paper, against it, or cannot be said, as Markdown")),
    ):
        _of_sweep(commands, name, run, said)

    contrast = _of_sweep(commands, "differences", _differences, (
        "accuracies at one value of a setting minus those at another, paired by seed, with 95 %% "
        "intervals, as Markdown"))
    contrast.add_argument("--of", required=True, metavar="KEY", help=(
        "the label or setting that is compared, as method"))
    contrast.add_argument("--from", dest="first", metavar="A", help=(
        "what is subtracted; the value that comes first, where not given"))
    contrast.add_argument("--to", dest="second", metavar="B", help=(
        "what it is subtracted from; each other value, where not given"))

    kept = commands.add_parser("keep", help=(
        "a gathered file that is small and says nothing of the machine, to be kept with a report"))
    kept.set_defaults(run=_keep)
    kept.add_argument("file", type=Path)
    kept.add_argument("--to", type=Path, required=True, help="the file to write (.h5)")
    kept.add_argument("--samples", type=int, default=0, help=(
        "of each data set's embeddings; none are kept otherwise"))

    figure = _of_sweep(commands, "figure", _figure, "a sweep's figure as PNG, SVG or PDF")
    figure.add_argument("kind", choices=["curves", "alpha-mix", "share", "rounds", "methods"], help=(
        "learning curves; accuracy over alpha and mix; over the share of clients with both "
        "modalities (Figure 4); t-SNE by round (Figure 2) or by method (Figure 3)"))
    figure.add_argument("--to", type=Path, required=True)
    _scatter(figure)
    return parser


def _of_sweep(
    commands: Any, name: str, run: Callable[[argparse.Namespace], None], said: str
) -> argparse.ArgumentParser:
    """A command about one sweep of gathered files, and some of its measurements."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=said)
    parser.set_defaults(run=run)
    parser.add_argument("files", type=Path, nargs="+", metavar="file")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--paper", metavar="TABLE", help="the sweep of this table of the paper")
    which.add_argument("--sweep", help="the sweep; needed where there are several")
    _choice(parser)
    return parser


def _choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--where", action="append", default=[], metavar="KEY=VALUE", help=(
        "only measurements of this setting, label or option of an evaluation, as arch=ViT"))


def _scatter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--perplexity", type=float, default=PERPLEXITY, help="of t-SNE")
    parser.add_argument("--samples", type=int, default=ScatterOptions.most, help=(
        "of each data set, at most, in t-SNE"))


def _report(options: argparse.Namespace) -> None:
    if not options.to.parent.is_dir():
        raise InputError(f"{options.to}: there is no folder {options.to.parent}")
    text = report(
        load(*options.files),
        ReportOptions(
            tuple(options.paper), tuple(options.sweep), _where(options.where),
            _pictures(options.picture),
            _scattering(options),
        ),
    )
    beside = options.to.with_name(f".{options.to.name}.tmp-{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(options.to)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{options.to}: cannot be written: {error.strerror}") from error
    print(f"{options.to}: {len(text) / 1e6:.1f} MB")


def _table(options: argparse.Namespace) -> None:
    sweep, own = _measured(options)
    of_paper = paper_table(sweep)
    if of_paper in LAYOUTS:
        comparison = compare(of_paper, own)
        print(comparison_table(comparison).markdown())
        notes = comparison.notes
    else:
        print(sweep_table(own).markdown())
        notes = own.notes
    geometry = geometry_table(own)
    if geometry is not None:
        print(f"\n{geometry.markdown()}")
    _note(notes)


def _differences(options: argparse.Namespace) -> None:
    found = differences(_measured(options)[1], options.of, options.first, options.second)
    print("\n\n".join(table.markdown() for table in difference_tables(found)))
    _note(found.notes)


def _gains(options: argparse.Namespace) -> None:
    own = _measured(options)[1]
    found = gains(own)
    if not found:
        raise InputError("no evaluation was made before training too; add one with 'round: 0'")
    print(gain_table(own, found).markdown())
    _note(own.notes)


def _verdicts(options: argparse.Namespace) -> None:
    sweep, own = _measured(options)
    of_paper = paper_table(sweep)
    if of_paper is None or of_paper not in LAYOUTS:
        raise InputError(f"the sweep '{sweep}' is of no table of the paper; see differences --of")
    comparison = compare(of_paper, own)
    found = verdicts(comparison)
    if not found:
        raise InputError(f"the sweep '{sweep}' has no pair of what {of_paper} compares")
    print(verdict_table(comparison, found).markdown())
    _note(comparison.notes)


def _keep(options: argparse.Namespace) -> None:
    if options.samples < 0:
        raise InputError(f"--samples {options.samples} is below 0")
    print(f"{options.to}: {keep(options.file, options.to, options.samples) / 1e3:.0f} kB")


def _figure(options: argparse.Namespace) -> None:
    check(options.to)
    gathered = load(*options.files)
    sweep = _sweep(gathered, options)
    if options.kind in ("rounds", "methods"):
        found = (by_round if options.kind == "rounds" else by_method)(gathered, sweep)
        if not found:
            raise InputError(
                f"{gathered.name}: the sweep '{sweep}' has no embeddings; motet embed, then "
                "motet gather --embeddings"
            )
        scatter = draw(gathered, found, _scattering(options))
        save(scatter.figure, options.to)
        print(scatter.table.markdown())
        return
    own = measurements(gathered, sweep, _where(options.where))
    figure = {
        "curves": lambda: learning_curves(gathered, sweep),
        "alpha-mix": lambda: over_alpha_and_mix(own),
        "share": lambda: over_share(own),
    }[options.kind]()
    if figure is None:
        raise InputError(
            f"{gathered.name}: the sweep '{sweep}' has nothing to draw as {options.kind}")
    save(figure, options.to)


def _measured(options: argparse.Namespace) -> tuple[str, Measurements]:
    """The one sweep that is meant, and what there is of it."""
    gathered = load(*options.files)
    sweep = _sweep(gathered, options)
    own = measurements(gathered, sweep, _where(options.where))
    if not len(own.rows):
        raise InputError(
            f"{gathered.name}: the sweep '{sweep}' has no evaluations of finished runs; motet evaluate, "
            "then motet gather"
        )
    return sweep, own


def _note(notes: list[str]) -> None:
    for note in notes:
        print(f"motet_analysis: {note}", file=sys.stderr)


def _sweep(gathered: Gathered, options: argparse.Namespace) -> str:
    found = chosen_sweeps(
        gathered, (options.paper,) if options.paper else (),
        (options.sweep,) if options.sweep else (),
    )
    if len(found) != 1:
        raise InputError(
            f"{gathered.name}: these are {len(found)} sweeps ({', '.join(found)}); choose with --sweep"
        )
    return found[0]


def _pictures(pairs: list[str]) -> tuple[tuple[str, Path], ...]:
    found = [pair.rpartition("=") for pair in pairs]
    for title, _, path in found:
        if not title or not path:
            raise InputError(f"--picture {title}{path}: expected TITLE=FILE")
    return tuple((title, Path(path)) for title, _, path in found)


def _where(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if not pair.partition("=")[0] or "=" not in pair:
            raise InputError(f"--where {pair}: expected KEY=VALUE, as in arch=ViT")
    return {key: value for key, _, value in (pair.partition("=") for pair in pairs)}


def _scattering(options: argparse.Namespace) -> ScatterOptions:
    if options.perplexity <= 0 or options.samples < 2:
        raise InputError("--perplexity has to be above 0, and --samples at least 2")
    return ScatterOptions(options.perplexity, options.samples)
