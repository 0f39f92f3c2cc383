"""Labels of any kind as indices into names of classes, and names of splits."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from motet_analysis.errors import InputError

# What a split is called in a store, by what others call it.
SPLITS = {
    "train": "train", "training": "train", "test": "test", "testing": "test", "eval": "test",
    "evaluation": "test", "val": "val", "valid": "val", "dev": "val", "validation": "validation",
}


class Classes:
    """Names of classes, and the label of each value that stands for one."""

    def __init__(self, names: Sequence[str], of_value: dict[Any, int] | None = None):
        self.names = list(names)
        self._of_value = of_value
        twice = {name for name in self.names if self.names.count(name) > 1}
        if twice or "" in self.names:
            raise InputError(
                f"two classes are called '{min(twice)}'" if twice else "a class has no name")

    @classmethod
    def of_values(cls, values: Sequence[np.ndarray[Any, Any]]) -> "Classes":
        """The classes of labels that nothing names: the sorted values themselves."""
        found = np.unique(np.concatenate([np.unique(own) for own in values]))
        known = {value.item(): index for index, value in enumerate(found)}
        return cls([str(value) for value in known], known)

    def labels(self, values: np.ndarray[Any, Any], where: str) -> np.ndarray[Any, Any]:
        """The label of each value, Int64 [N]; throws where one stands for no class."""
        if self._of_value is not None:
            found, places = np.unique(values, return_inverse=True)
            return np.array([self._of_value[value.item()] for value in found], int)[places]
        if values.dtype.kind not in "iub":
            raise InputError(f"{where}: labels are {values.dtype}; with named classes they are numbers")
        wrong = np.flatnonzero((values < 0) | (values >= len(self.names)))
        if len(wrong):
            raise InputError(
                f"{where}: label {values[wrong[0]]} of row {wrong[0]} is out of range: there are "
                f"{len(self.names)} classes" + (
                    "; -1 says that there is no label: leave that split out"
                    if values[wrong[0]] == -1 else ""))
        return values.astype(int)


def texts_or_numbers(values: np.ndarray[Any, Any], where: str) -> np.ndarray[Any, Any]:
    """One label or group a row, as texts or whole numbers, [N]."""
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise InputError(
            f"{where}: has the shape {shape_text(values.shape)}; expected one value a row (of labels "
            "with a column a class, the column's number)")
    if values.dtype.kind in "SO":
        values = np.array([_text(value, where) for value in values])
    if values.dtype.kind not in "iubU":
        raise InputError(f"{where}: holds {values.dtype}; expected whole numbers or texts")
    return values


def shape_text(shape: Sequence[int]) -> str:
    """A shape as people write it: 60000×28×28."""
    return "×".join(str(extent) for extent in shape)


def _text(value: Any, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            pass
    raise InputError(f"{where}: holds {value!r}, which is no text")
