"""Arrays in NumPy's and HDF5 files, by name: `train/x.npy`, `data.npz:x_train`, `data.h5:/train/x`."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from motet_analysis.errors import InputError
from motet_analysis.records.labels import shape_text

_ZIPS = (".npz",)
_HDF5 = (".h5", ".hdf5", ".hdf")


@dataclass(frozen=True)
class Source:
    """An array that is read row by row: a NumPy array, a map of its file, or an HDF5 data set."""

    file: Path
    # What tells it from others in its file; nothing where the file is one array.
    part: str
    values: Any

    @property
    def where(self) -> str:
        """The array, as messages name it."""
        return f"{self.file}:{self.part}" if self.part else str(self.file)

    def name(self, row: int) -> str:
        """What its sample of this row is called."""
        part = self.part.strip("/")
        return f"{self.file}#{part}/{row}" if part else f"{self.file}#{row}"


class Sources:
    """The arrays of one file, or of all files below a folder."""

    def __init__(self, place: Path):
        self.place = place
        self._opened: dict[Path, Any] = {}
        if place.is_dir():
            endings = (".npy", *_ZIPS, *_HDF5)
            self._files = sorted(path for path in place.rglob("*") if path.suffix.lower() in endings)
        else:
            self._files = [place]

    def names(self) -> list[str]:
        """The names of all arrays, as `find` takes them."""
        found: list[str] = []
        for path in self._files:
            parts = self._parts(path)
            found += parts if path == self.place else [
                f"{path.relative_to(self.place)}:{part}" if part else str(path.relative_to(self.place))
                for part in parts]
        return found

    def listing(self) -> str:
        """The arrays with their shapes, for a message."""
        shown = [self._line(name) for name in self.names()]
        rest = f" and {len(shown) - 12} more" if len(shown) > 12 else ""
        return ", ".join(shown[:12]) + rest if shown else "no array (.npy, .npz, .h5)"

    def find(self, name: str) -> Source | None:
        """The array of a name; nothing where there is none."""
        if self.place.is_dir():
            file, _, part = name.partition(":")
            path = self.place / file
            if path not in self._files:
                return None
        else:
            path, part = self.place, name
        part = part.lstrip("/") if path.suffix.lower() in _HDF5 else part
        return Source(path, part, self._array(path, part)) if part in self._parts(path) else None

    def _line(self, name: str) -> str:
        source = self.find(name)
        assert source is not None
        return f"{name} ({shape_text(source.values.shape)} {source.values.dtype})"

    def _parts(self, path: Path) -> list[str]:
        opened = self._open(path)
        if path.suffix.lower() in _HDF5:
            import h5py
            found: list[str] = []
            opened.visititems(
                lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
            return found
        return list(opened.files) if path.suffix.lower() in _ZIPS else [""]

    def _array(self, path: Path, part: str) -> Any:
        opened = self._open(path)
        try:
            return opened[part] if part else opened
        except ValueError as error:
            raise InputError(f"{path}:{part}: {_reason(error)}") from error

    def _open(self, path: Path) -> Any:
        if path not in self._opened:
            try:
                if path.suffix.lower() in _HDF5:
                    import h5py
                    self._opened[path] = h5py.File(path)
                elif path.suffix.lower() in _ZIPS:
                    self._opened[path] = _Zip(np.load(path))
                else:
                    self._opened[path] = np.load(path, mmap_mode="r")
            except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
                raise InputError(f"{path}: cannot be read: {_reason(error)}") from error
        return self._opened[path]


class _Zip:
    """A .npz whose arrays are decompressed once."""

    def __init__(self, file: Any):
        self.files = file.files
        self._file = file
        self._arrays: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._arrays:
            self._arrays[name] = self._file[name]
        return self._arrays[name]


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    # NumPy would run what an array of objects says.
    return "it holds Python objects; save numbers or texts" if "allow_pickle" in text else text
