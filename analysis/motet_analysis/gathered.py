"""Gathered files: the tables that `motet gather` writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
from pandas import DataFrame, concat
from pandas.api.types import is_numeric_dtype

from motet_analysis.errors import InputError

FORMAT = "motet gathered"
VERSION = 1

#: The columns that this package needs of each table.
COLUMNS = {
    "runs": ("run", "name", "state", "completed", "sweep", "set.seed"),
    "rounds": ("run", "round"),
    "monitor": ("run", "round", "data", "modality", "accuracy"),
    "evaluations": (
        "run", "task", "spec", "data", "modality", "round", "figure", "value", "low", "high",
        "count",
    ),
}


@dataclass(frozen=True)
class Gathered:
    """The tables of a gathered file, or of several.

    A run has a row of `runs` for each sweep that uses it; the other tables refer to it by `run`.
    """

    paths: tuple[Path, ...]
    motet: str
    runs: DataFrame
    rounds: DataFrame
    monitor: DataFrame
    evaluations: DataFrame
    #: Files that could not be read when gathering: run, file, message.
    damaged: DataFrame
    #: The file of each (run, round) of the embeddings, sorted.
    embeddings: Mapping[tuple[str, int], Path]

    @property
    def name(self) -> str:
        """What messages call it."""
        return ", ".join(map(str, self.paths))

    @property
    def sweeps(self) -> list[str]:
        """Names of the sweeps, sorted; the empty one is that of runs without any."""
        return sorted(set(self.runs["sweep"]))


def load(first: Path, *others: Path) -> Gathered:
    """Reads gathered files, without their embeddings; a run may be in one of them alone."""
    parts = [_load(path) for path in (first, *others)]
    if len(parts) == 1:
        return parts[0]
    holder: dict[str, str] = {}
    for part in parts:
        for run in sorted(set(part.runs["run"])):
            if run in holder:
                raise InputError(
                    f"{part.name}: the run {run} is in {holder[run]} too; give one of the two files, "
                    "or gather again"
                )
            holder[run] = part.name
    return Gathered(
        paths=(first, *others),
        motet=", ".join(sorted({part.motet for part in parts})),
        runs=_joined([part.runs for part in parts]),
        rounds=_joined([part.rounds for part in parts]),
        monitor=_joined([part.monitor for part in parts]),
        evaluations=_joined([part.evaluations for part in parts]),
        damaged=_joined([part.damaged for part in parts]),
        embeddings=dict(sorted(entry for part in parts for entry in part.embeddings.items())),
    )


def _joined(tables: list[DataFrame]) -> DataFrame:
    """Tables one below the other; what a column lacks is not a number, or the empty text."""
    joined = concat([table for table in tables if len(table.columns)] or tables, ignore_index=True)
    for column in joined:
        if not is_numeric_dtype(joined[column]):
            joined[column] = joined[column].fillna("")
    return joined


def _load(path: Path) -> Gathered:
    with open_gathered(path) as file:
        tables = {name: _table(path, file, name, columns) for name, columns in COLUMNS.items()}
        damaged = _table(path, file, "damaged", ()) if "damaged" in file else DataFrame()
        embeddings = {
            (run, int(number)): path
            for run, rounds in (file["embeddings"].items() if "embeddings" in file else ())
            for number in rounds
        }
        version = attribute(file, "motet_version")
    return Gathered(
        (path,), version, tables["runs"], tables["rounds"], tables["monitor"],
        tables["evaluations"], damaged, dict(sorted(embeddings.items())),
    )


def open_gathered(path: Path) -> h5py.File:
    """Opens a file and compares its format."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; motet gather RUNS… --to FILE makes one")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise InputError(f"{path}: not an HDF5 file; give one of motet gather") from error
    found = attribute(file, "format") if "format" in file.attrs else "file of others"
    if found != FORMAT:
        file.close()
        raise InputError(f"{path}: this is a {found}; expected a {FORMAT} (motet gather)")
    version = int(file.attrs["format_version"])
    if version != VERSION:
        file.close()
        raise InputError(f"{path}: {FORMAT} of version {version}; this reads version {VERSION}")
    return file


def attribute(holder: h5py.HLObject, name: str) -> str:
    """A text attribute; empty where there is none."""
    value = holder.attrs.get(name, "")
    return value.decode() if isinstance(value, bytes) else str(value)


def _table(path: Path, file: h5py.File, name: str, columns: tuple[str, ...]) -> DataFrame:
    if name not in file:
        raise InputError(f"{path}: there is no table /{name}; gather again")
    data = {
        column: values.asstr()[()] if h5py.check_string_dtype(values.dtype) else values[()]
        for column, values in file[name].items()
    }
    missing = [column for column in columns if column not in data]
    if missing:
        raise InputError(f"{path}: /{name} has no column '{missing[0]}'; gather again")
    lengths = {column: len(values) for column, values in data.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(f"{path}: /{name} has columns of different lengths; gather again")
    return DataFrame(data)
