"""The samples behind embeddings and predictions, as tables that others can be joined to."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

import h5py
import numpy
from pandas import DataFrame

from motet_analysis.errors import InputError

#: The parts of a sample's name that a table may have: all of it; its file without folders, and
#: without ending too; what tells it from others in the file.
PARTS: dict[str, Callable[[str], str]] = {
    "name": lambda name: name,
    "file": lambda name: PurePosixPath(name.partition("#")[0]).name,
    "stem": lambda name: PurePosixPath(name.partition("#")[0]).stem,
    "part": lambda name: name.partition("#")[2],
}


def embedded(path: Path | str, group: str = "/") -> DataFrame:
    """The samples of an embedding file, in the order of its features.

    In a gathered file `group` is `embeddings/RUN/ROUND`.
    """
    with _open(Path(path)) as file:
        if group not in file or "features" not in file[group]:
            raise InputError(f"{path}: {group} has no features; give a file of motet embed")
        return DataFrame(_columns(file[group], "name", "class", "label", "data", "modality", "row"))


def predicted(path: Path | str) -> DataFrame:
    """The test samples of an evaluation file, with their class and what it was taken for.

    Each figure with predictions has a column, such as `accuracy`. Of pairs, each modality has
    columns of its own, such as `name.image`. Of a geometry, the class is the modality.
    """
    with _open(Path(path)) as file:
        if "predictions" not in file:
            raise InputError(f"{path}: there are no predictions; give a file of motet evaluate")
        samples = dict(file["samples"]) if "samples" in file else {}
        classes = file["classes"].asstr()[()]
        if len(samples) > 1 and set(samples) == set(classes):
            columns = _stacked([samples[modality] for modality in classes])
        else:
            columns = {
                f"{name}.{modality}" if len(samples) > 1 else name: values
                for modality, group in samples.items()
                for name, values in _columns(group, "name", "row").items()
            }
        columns["class"] = classes[file["labels"][()]]
        for figure, numbers in file["predictions"].items():
            columns[figure] = classes[numbers[()]]
        return DataFrame(columns)


def join(samples: DataFrame, table: DataFrame, column: str, by: str = "name") -> DataFrame:
    """Samples in their order, with the columns of a table; empty where it has no such sample.

    The table's `column` holds names, or what `by` says of them: `file`, `stem` or `part`.
    """
    if by not in PARTS:
        raise InputError(f"by='{by}' is none of {', '.join(PARTS)}")
    if "name" not in samples:
        raise InputError(
            "the samples have no names; import the data again, then motet embed or evaluate")
    if column not in table:
        raise InputError(f"the table has no column '{column}'; it has: {', '.join(table)}")
    if table[column].dtype.kind != "O":
        raise InputError(f"'{column}' holds numbers; read it with dtype={{'{column}': str}}")
    twice = table[column][table[column].duplicated()]
    if len(twice):
        raise InputError(f"the table has '{twice.iloc[0]}' twice in '{column}'")
    keys = samples["name"].map(PARTS[by])
    if not keys.isin(table[column]).any():
        raise InputError(
            f"no sample is in the table: by {by}, samples are as {list(keys[:1])}, '{column}' as "
            f"{list(table[column][:1])}")
    own = table.set_index(column, drop=False).reindex(keys).set_axis(samples.index)
    return samples.join(own, rsuffix=".table")


def _stacked(groups: list[h5py.Group]) -> dict[str, object]:
    """One modality after the other; empty names where a store has none."""
    rows = [group["row"][()] for group in groups]
    columns: dict[str, object] = {"row": numpy.concatenate(rows)}
    if any("name" in group for group in groups):
        columns["name"] = numpy.concatenate([
            group["name"].asstr()[()] if "name" in group else numpy.full(len(own), "", dtype=object)
            for group, own in zip(groups, rows)
        ])
    return columns


def _columns(group: h5py.Group, *names: str) -> dict[str, object]:
    found = {name: group[name] for name in names if name in group}
    return {
        name: values.asstr()[()] if h5py.check_string_dtype(values.dtype) else values[()]
        for name, values in found.items()
    }


def _open(path: Path) -> h5py.File:
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise InputError(f"{path}: not there, or not an HDF5 file") from error
