"""Figures of evaluations beside the settings of their runs."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy
from pandas import DataFrame

from motet_analysis.errors import InputError
from motet_analysis.gathered import Gathered
from motet_analysis.names import nameless
from motet_analysis.settings import column_of, of_sweep, telling, text

#: Of a spec: what it is about, or a path; not how it measures.
_SUBJECT = {"name", "data", "test_data", "modality", "with"}


@dataclass(frozen=True)
class Measurements:
    """The figures of a sweep's finished runs, one row each.

    Columns: those of `/evaluations`, of the run (`seed`, `label.*`, `set.*`, `alpha`, `mix`),
    `joins` (whether another run gives half of the features), `variant` (options in which
    measurements of one run differ, as `features=projection`), `before` (the same figure of the
    same encoder before training, in any run with this seed) and `floor` (the same of the views
    themselves, without a network); both are not a number where nothing has them.
    """

    rows: DataFrame
    #: Columns that tell the runs apart, seeds aside.
    keys: list[str]
    #: What was left out, and why.
    notes: list[str]

    def accuracies(self) -> DataFrame:
        """The rows of accuracies; `figure` says where two runs give the features."""
        rows = self.rows[self.rows["figure"].str.startswith("accuracy")].copy()
        rows.loc[rows["joins"], "figure"] += " of two runs"
        return rows


def measurements(
    gathered: Gathered, sweep: str, where: Mapping[str, str] | None = None
) -> Measurements:
    """The figures of a sweep, measured after the last round of each run, or that of a `round` that
    the evaluation names.

    `where` chooses by settings (`alpha=0.1`), labels (`arch=ViT`) or options of an evaluation
    (`features=encoder`).
    """
    runs = of_sweep(gathered.runs, sweep)
    notes = []
    unfinished = int((runs["state"] != "finished").sum())
    if unfinished:
        notes.append(f"{unfinished} of {len(runs)} runs are not finished and are left out")
    runs = runs[runs["state"] == "finished"]
    rows = runs.merge(gathered.evaluations, on="run", suffixes=(".run", ""))
    specs = [json.loads(spec) for spec in rows["spec"]]
    is_meant = [
        number == completed or "round" in spec
        for number, completed, spec in zip(rows["round"], rows["completed"], specs)
    ]
    if not all(is_meant):
        notes.append(f"{is_meant.count(False)} figures of earlier rounds are left out")
    rows, specs = _only(rows, specs, is_meant)
    rows["seed"] = rows["set.seed"]
    rows["joins"] = [bool(spec.get("with")) for spec in specs]
    # What an encoder's first values are is drawn by the seed; what it is trained on makes no
    # difference to them.
    asked = where or {}
    rows["before"] = rows["floor"] = math.nan
    if "round" not in asked:
        rows, specs, before = _reference(
            rows, specs, "round", 0, ("set.encoder.", "set.views.", "set.seed"))
        rows["before"] = before
    # A view does not depend on the encoder but for its size, nor on the seed.
    if "features" not in asked:
        rows, specs, floor = _reference(
            rows, specs, "features", "view", ("set.encoder.input", "set.views."))
        rows["floor"] = floor
    # After the references, which other settings' runs may have.
    for key, value in asked.items():
        rows, specs = _only(rows, specs, _chosen(rows, specs, key, value))
    # The choice may have left fewer settings to tell apart.
    keys = telling(runs[runs["run"].isin(rows["run"])]) if len(rows) else []
    rows["variant"] = _variants(rows, specs)
    same = rows.duplicated(
        [*keys, "seed", "task", "data", "modality", "figure", "joins", "variant"]
    )
    if same.any():
        notes.append(f"{int(same.sum())} figures are there twice, of one job and seed: counted once")
    return Measurements(rows[~same].reset_index(drop=True), keys, notes)


def _only(
    rows: DataFrame, specs: list[dict[str, Any]], chosen: list[bool]
) -> tuple[DataFrame, list[dict[str, Any]]]:
    # A table without rows would lose its columns to an empty choice.
    own = rows[numpy.array(chosen, dtype=bool)].reset_index(drop=True)
    return own, [spec for spec, is_own in zip(specs, chosen) if is_own]


def _reference(
    rows: DataFrame, specs: list[dict[str, Any]], option: str, value: Any, settings: tuple[str, ...]
) -> tuple[DataFrame, list[dict[str, Any]], list[float]]:
    """Takes out the accuracies at one value of an option that are a reference for others, which are
    given theirs: of the same measurement but for this option, in a run with the same settings."""
    columns = [column for column in rows if column.startswith(settings)]
    ways = [
        # A store is the same wherever it lies.
        nameless(_text({key: own for key, own in spec.items() if key != option}))
        for spec in specs
    ]
    keys = [
        (way, *map(text, values))
        for way, *values in zip(ways, rows["figure"], *(rows[column] for column in columns))
    ]
    has_value = [
        spec.get(option) == value and figure.startswith("accuracy")
        for spec, figure in zip(specs, rows["figure"])
    ]
    others = {key for key, has_it in zip(keys, has_value) if not has_it}
    is_reference = [has_it and key in others for key, has_it in zip(keys, has_value)]
    found = {key: own for key, own, is_it in zip(keys, rows["value"], is_reference) if is_it}
    return (
        *_only(rows, specs, [not is_it for is_it in is_reference]),
        [found.get(key, math.nan) for key, is_it in zip(keys, is_reference) if not is_it],
    )


def evaluation(task: str, data: str, figure: str, variant: str) -> str:
    """What an accuracy is of, as `linear fsdd normalise=l2`."""
    parts = [task, data, figure.removeprefix("accuracy").replace("_", " ").strip(), variant]
    return " ".join(part for part in parts if part)


def _chosen(rows: DataFrame, specs: list[dict[str, Any]], key: str, value: str) -> list[bool]:
    column = column_of(rows, key)
    if column is not None:
        return [text(own) == value for own in rows[column]]
    if not any(key in spec for spec in specs):
        raise InputError(
            f"--where {key}={value}: '{key}' is no setting, label or option of an evaluation"
        )
    # What has no such option is not meant.
    return [key not in spec or _text(spec[key]) == value for spec in specs]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _variants(rows: DataFrame, specs: list[dict[str, Any]]) -> list[str]:
    """Where a run was measured in several ways, the options that differ between them."""
    variants = [""] * len(rows)
    if not len(rows):
        return variants
    subject = ["task", "data", "modality", "figure", "joins"]
    for _, part in rows.groupby(subject):
        options = {
            key for place in part.index for key in specs[place] if key not in _SUBJECT
        }
        differing = sorted(
            key
            for key in options
            if len({_text(specs[place].get(key)) for place in part.index}) > 1
        )
        for place in part.index:
            variants[place] = ", ".join(
                f"{key}={_text(specs[place][key])}" for key in differing if key in specs[place]
            )
    return variants
