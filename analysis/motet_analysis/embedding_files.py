"""Features of samples in other programs' files; `python -m motet_analysis.embedding_files FILE TO`.

`motet embed --to` starts it: `.parquet` is one table, `.npy` an array [N, D] with the rest of each
row in a table (`.csv`) beside it.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy

from motet_analysis.errors import InputError
from motet_analysis.samples import embedded

#: How names of files end.
ENDINGS = (".npy", ".parquet")


def convert(source: Path, to: Path) -> None:
    """Writes what an embedding file holds, whole or not at all."""
    samples = embedded(source)
    with h5py.File(source) as file:
        features = file["features"][()]
        said = {
            name: value.item() if isinstance(value, numpy.generic) else str(value)
            for name, value in file.attrs.items()}
    if to.suffix == ".npy":
        _write(to, lambda path: numpy.save(path.open("wb"), features))
        _write(to.with_suffix(".csv"), lambda path: samples.to_csv(path, index_label="feature_row"))
    elif to.suffix == ".parquet":
        import pyarrow
        from pyarrow import parquet
        values = pyarrow.array(features.reshape(-1))
        table = pyarrow.Table.from_pandas(samples, preserve_index=False).append_column(
            "features", pyarrow.FixedSizeListArray.from_arrays(values, features.shape[1]))
        table = table.replace_schema_metadata(
            {**(table.schema.metadata or {}), b"motet": json.dumps(said).encode()})
        _write(to, lambda path: parquet.write_table(table, path))
    else:
        raise InputError(f"{to}: the name has to end with {' or '.join(ENDINGS)}")


def _write(path: Path, write: Callable[[Path], Any]) -> None:
    beside = path.with_name(f".{path.name}.tmp-{os.getpid()}")
    try:
        write(beside)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def main() -> int:
    """Converts one file; what a user can mend is one line, and the status 1."""
    try:
        convert(Path(sys.argv[1]), Path(sys.argv[2]))
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
