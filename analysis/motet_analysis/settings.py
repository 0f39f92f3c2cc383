"""What tells the runs of a sweep apart, seeds aside."""

from collections.abc import Container
from typing import Any

import pandas
from pandas import DataFrame, Series

#: Settings that make no other experiment.
_IDLE = {
    "set.seed", "set.name", "set.results", "set.shards", "set.training.threads",
    "set.training.recompute",
}


def of_sweep(runs: DataFrame, sweep: str) -> DataFrame:
    """The described runs of a sweep, in the sweep's order."""
    own = runs[runs["sweep"] == sweep]
    own = described(own.sort_values("cell", kind="stable") if "cell" in own else own)
    # What a person calls a run that belongs to no sweep.
    if not sweep and "set.name" in own:
        own["label.run"] = own["set.name"]
    return own


def described(runs: DataFrame) -> DataFrame:
    """The runs with two columns more, `alpha` and `mix`, that put several settings into a word."""
    own = runs.copy()
    own["alpha"] = [_alpha(row) for row in _rows(own, "set.clients.alpha.")]
    own["mix"] = [_mix(row) for row in _rows(own, "set.clients.mix.")]
    return own


def telling(runs: DataFrame, given: str | None = None) -> list[str]:
    """The columns of described runs that tell them apart: labels first, then α, the mix, the names of
    methods, encoders, optimizers and the like, and other settings, each only where those before it
    do not determine it.

    Beside a column that is `given`, only what that does not determine either. But a label that is
    given determines no other label: whoever gave runs both told two things apart.
    """
    chosen: list[str] = []
    for column in candidates(runs):
        before = [*chosen]
        if given is not None and not (_is_label(given) and _is_label(column)):
            before.append(given)
        is_new = column != given and len(_kinds(runs[column])) > 1
        if is_new and not _is_determined(runs, column, before):
            chosen.append(column)
    return chosen


def candidates(runs: DataFrame) -> list[str]:
    """The columns of described runs that make another experiment, in the order of `telling`."""
    labels = sorted(column for column in runs if _is_label(column))
    others = sorted(
        column
        for column in runs
        if column.startswith("set.")
        and column not in _IDLE
        and not column.startswith(("set.clients.alpha.", "set.clients.mix."))
    )
    others.sort(key=lambda column: not column.endswith(".name"))
    return [*labels, "alpha", "mix", *others]


def column_of(columns: Container[str], key: str) -> str | None:
    """The column that a user's word means: a label, as tables show it first, or a setting."""
    found = (name for name in (f"label.{key}", key, f"set.{key}") if name in columns)
    return next(found, None)


def title(column: str) -> str:
    """A column's name for people."""
    return "α" if column == "alpha" else column.removeprefix("label.").removeprefix("set.")


def text(value: Any) -> str:
    """A setting's value for people."""
    if isinstance(value, float):
        return "" if pandas.isna(value) else f"{value:g}"
    return str(value)


def number(value: Any) -> float | None:
    """A setting's value as a number, if it is one; what a run does not have is none."""
    try:
        found = float(value)
    except ValueError:
        return None
    return None if pandas.isna(found) else found


def sort_key(column: Series) -> Series:
    """For sorting by a column of settings: numbers by size, then texts as they first come."""
    # By their texts: two missing values are not equal, and their texts are.
    texts = [text(value) for value in column]
    places = {value: place for place, value in enumerate(dict.fromkeys(texts))}
    sizes = [number(value) for value in column]
    return Series(
        [(0, size) if size is not None else (1, places[own]) for size, own in zip(sizes, texts)],
        index=column.index, dtype=object,
    )


def _is_label(column: str) -> bool:
    return column.startswith("label.")


def _kinds(column: Series) -> set[str]:
    return {text(value) for value in column}


def _is_determined(runs: DataFrame, column: str, chosen: list[str]) -> bool:
    if not chosen:
        return False
    keys = runs[chosen].apply(lambda values: tuple(map(text, values)), axis=1)
    return all(len(_kinds(part)) == 1 for _, part in runs[column].groupby(keys))


def _rows(runs: DataFrame, prefix: str) -> list[dict[str, float]]:
    columns = sorted(column for column in runs if column.startswith(prefix))
    return [
        {
            column.removeprefix(prefix): float(value)
            for column, value in zip(columns, row)
            if not pandas.isna(value)
        }
        for row in (runs[columns].itertuples(index=False) if columns else [()] * len(runs))
    ]


def _alpha(row: dict[str, float]) -> str:
    if len(set(row.values())) <= 1:
        return "".join(f"{value:g}" for value in list(row.values())[:1])
    return ", ".join(f"{modality} {value:g}" for modality, value in row.items())


def _mix(row: dict[str, float]) -> str:
    parts = sorted((item for item in row.items() if item[1] > 0), key=lambda item: -item[1])
    return ", ".join(f"{modalities} {100 * share:g} %" for modalities, share in parts)
