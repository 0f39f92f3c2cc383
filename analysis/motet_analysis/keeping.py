"""A gathered file that is to be kept with a report: small, and without a machine's folders."""

import os
from pathlib import Path
from typing import Any

import h5py
import numpy

from motet_analysis.embeddings import load
from motet_analysis.errors import InputError
from motet_analysis.gathered import COLUMNS, FORMAT, VERSION, attribute, open_gathered
from motet_analysis.names import nameless

#: Columns of `/runs` that say where a run was made, or may.
_PLACE = {"path", "host", "failure"}


def keep(gathered: Path, to: Path, samples: int = 0) -> int:
    """Writes the tables of a gathered file, compressed; of paths the names alone. Returns its bytes.

    Of embeddings it keeps `samples` rows of each data set, or as many as the smallest has, in half
    precision. What reads gathered files in this package reads it. What `motet gather` reads of its
    own files to see what has changed is not kept.
    """
    if to.suffix != ".h5":
        raise InputError(f"{to}: expected a name that ends in .h5")
    beside = to.with_name(f".{to.name}.tmp-{os.getpid()}")
    with open_gathered(gathered) as source:
        try:
            # HDF5 1.10 has an index for one chunk, which takes no page of its own.
            with h5py.File(beside, "w", libver=("v110", "v110")) as target:
                target.attrs["format"] = FORMAT
                target.attrs["format_version"] = numpy.int64(VERSION)
                target.attrs["motet_version"] = attribute(source, "motet_version")
                for name in COLUMNS:
                    for column, values in source[name].items():
                        if column not in _PLACE:
                            _write(target, f"{name}/{column}", values)
                if samples and "embeddings" in source:
                    _keep_embeddings(source, target, gathered, samples)
            beside.replace(to)
        except OSError as error:
            raise InputError(f"{to}: cannot be written: {error}") from error
        finally:
            beside.unlink(missing_ok=True)
    return to.stat().st_size


def _keep_embeddings(
    source: h5py.File, target: h5py.File, gathered: Path, samples: int
) -> None:
    for run, rounds in source["embeddings"].items():
        for number in rounds:
            found = load(gathered, run, int(number)).equal_numbers(samples, seed=0)
            group = target.create_group(f"embeddings/{run}/{number}")
            group.attrs["features"] = found.output
            _compress(group, "features", found.features.astype(numpy.float16))
            _compress(group, "label", found.label)
            for name, texts in (("data", found.data), ("modality", found.modality)):
                _compress(group, name, _fixed([text.encode() for text in texts]))


def _write(target: h5py.File, name: str, values: h5py.Dataset) -> None:
    data: Any = values[()]
    if h5py.check_string_dtype(values.dtype) is not None:
        texts = list(values.asstr()[()])
        kept = {text: nameless(text) for text in texts}
        # Two stores of one name would become one experiment.
        if name.startswith("runs/set.data.") and len(set(kept.values())) < len(kept):
            raise InputError(
                f"{name}: two stores have one name, {', '.join(sorted(kept))}; keep their runs in "
                "files of their own")
        data = _fixed([kept[text].encode() for text in texts])
    _compress(target, name, data)


def _fixed(texts: list[bytes]) -> Any:
    """Of one length: the library compresses those, and leaves texts of any length as they are."""
    length = max([1, *map(len, texts)])
    return numpy.array(texts, dtype=h5py.string_dtype("utf-8", length))


def _compress(target: h5py.Group, name: str, data: Any) -> None:
    if len(data):
        target.create_dataset(
            name, data=data, chunks=data.shape, compression="gzip", compression_opts=9,
            shuffle=True)
    else:
        target.create_dataset(name, data=data)
