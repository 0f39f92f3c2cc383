"""Samples in arrays of NumPy's and HDF5 files: pixels, sounds, or whole files of either."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from motet_analysis.errors import InputError
from motet_analysis.records.labels import SPLITS, Classes, shape_text, texts_or_numbers
from motet_analysis.records.sources import Source, Sources
from motet_analysis.records.stream import RecordWriter

# How Keras and MedMNIST call their arrays.
_CONVENTIONS = (("x_{split}", "y_{split}"), ("{split}_images", "{split}_labels"))
_BLOCK = 16 << 20


@dataclass(frozen=True)
class ArrayOptions:
    """The options of the importer `arrays` (`Arrays.swift`)."""

    samples: str
    labels: str
    groups: str
    classes: str
    modality: str
    channels: str
    full_scale: float
    rate: int


@dataclass(frozen=True)
class _Part:
    """The samples of one split, their labels and groups."""

    split: str
    samples: Source
    labels: np.ndarray[Any, Any]
    labels_where: str
    groups: np.ndarray[Any, Any] | None


def stream_arrays(place: Path, options: ArrayOptions, out: RecordWriter) -> None:
    """Writes all samples, split by split, row by row."""
    sources = Sources(place)
    parts = _parts(sources, options)
    classes = _classes(sources, parts, options)
    labels = [classes.labels(part.labels, part.labels_where) for part in parts]
    readers = [_reader(part.samples, options) for part in parts]
    modalities = {reader.modality for reader in readers}
    if len(modalities) > 1:
        raise InputError(f"{place}: splits of {' and '.join(sorted(modalities))}; import one at a time")
    splits = None if parts[0].split == "" else [part.split for part in parts]
    out.begin(
        modalities.pop(), classes.names, splits,
        [np.bincount(own, minlength=len(classes.names)).tolist() for own in labels])
    base = place if place.is_dir() else place.parent
    for number, (part, own, reader) in enumerate(zip(parts, labels, readers, strict=True)):
        named = Source(part.samples.file.relative_to(base), part.samples.part, None)
        for row, payload in enumerate(reader.payloads()):
            out.add(
                number, int(own[row]), named.name(row), payload,
                "" if part.groups is None else str(part.groups[row]),
                height=reader.height, width=reader.width, rate=reader.rate)


def _parts(sources: Sources, options: ArrayOptions) -> list[_Part]:
    if bool(options.samples) != bool(options.labels):
        raise InputError(f"{sources.place}: give both, samples=NAME and labels=NAME, or neither")
    asked = [(options.samples, options.labels)] if options.samples else list(_CONVENTIONS)
    for samples, labels in asked:
        # A name without {split} is of data without splits.
        words = list(SPLITS) if "{split}" in samples else [""]
        found = [
            (word, source) for word in words
            if (source := sources.find(samples.replace("{split}", word))) is not None]
        if found:
            parts = [_part(sources, word, source, labels, options.groups) for word, source in found]
            names = [part.split for part in parts]
            if len(set(names)) < len(names):
                raise InputError(f"{sources.place}: two splits are called alike: {', '.join(names)}")
            return parts
    wanted = " or ".join(samples for samples, _ in asked)
    raise InputError(
        f"{sources.place}: holds no array {wanted}; it has {sources.listing()}; name them with "
        "--set samples=NAME --set labels=NAME, where {split} stands for train, test, …")


def _part(sources: Sources, word: str, samples: Source, labels: str, groups: str) -> _Part:
    def beside(name: str) -> tuple[np.ndarray[Any, Any], str]:
        name = name.replace("{split}", word)
        source = sources.find(name)
        if source is None:
            raise InputError(
                f"{sources.place}: holds no array {name} for {samples.where}; it has {sources.listing()}")
        values = texts_or_numbers(np.asarray(source.values[...]), source.where)
        if len(values) != len(samples.values):
            raise InputError(
                f"{source.where}: {len(values)} values for the {len(samples.values)} samples of "
                f"{samples.where}")
        return values, source.where

    if samples.values.ndim == 0 or len(samples.values) == 0:
        raise InputError(f"{samples.where}: holds no samples")
    own, where = beside(labels)
    return _Part(
        SPLITS[word] if word else "", samples, own, where, beside(groups)[0] if groups else None)


def _classes(sources: Sources, parts: list[_Part], options: ArrayOptions) -> Classes:
    if not options.classes:
        if len({part.labels.dtype.kind == "U" for part in parts}) > 1:
            raise InputError(f"{sources.place}: labels are texts in one split and numbers in another")
        return Classes.of_values([part.labels for part in parts])
    source = sources.find(options.classes)
    names = (
        options.classes.split(",") if source is None
        else [str(name) for name in texts_or_numbers(np.asarray(source.values[...]), source.where)])
    known = {name: index for index, name in enumerate(names)}
    if parts[0].labels.dtype.kind == "U":
        unknown = {str(label) for part in parts for label in np.unique(part.labels)} - set(known)
        if unknown:
            raise InputError(f"{sources.place}: '{min(unknown)}' is none of the classes {', '.join(names)}")
        return Classes(names, dict(known))
    return Classes(names)


@dataclass(frozen=True)
class _Reader:
    """How the rows of an array become payloads."""

    modality: str
    payloads: Callable[[], Iterator[bytes]]
    height: int = 0
    width: int = 0
    rate: int = 0


def _reader(source: Source, options: ArrayOptions) -> _Reader:
    values, where = source.values, source.where
    if values.dtype.kind == "O":
        return _variable(source, options)
    if options.modality == "audio" or options.modality == "auto" and values.ndim == 2:
        if values.ndim != 2:
            raise InputError(f"{where}: has the shape {shape_text(values.shape)}; sounds are rows of samples")
        return _sounds(source, lambda: (block for _, block in _blocks(values)), options)
    if values.ndim not in (3, 4):
        raise InputError(
            f"{where}: has the shape {shape_text(values.shape)}; pictures are N×H×W, N×H×W×3 or "
            "N×3×H×W, sounds N×samples")
    return _pictures(source, options)


def _variable(source: Source, options: ArrayOptions) -> _Reader:
    """Rows of their own lengths, as HDF5 has them: sounds, or files byte by byte."""
    import h5py
    base = h5py.check_vlen_dtype(source.values.dtype)
    if base is None or base is str:
        raise InputError(f"{source.where}: holds objects; expected numbers")
    rows = (source.values[row] for row in range(len(source.values)))
    if base == np.uint8:
        if options.modality == "auto":
            raise InputError(
                f"{source.where}: holds bytes of files; say of which with --set modality=image or audio")
        return _Reader(options.modality, lambda: (row.tobytes() for row in rows))
    if options.modality == "image":
        raise InputError(f"{source.where}: rows of different lengths are no pictures")
    return _sounds(source, lambda: (row[None] for row in rows), options, base)


def _pictures(source: Source, options: ArrayOptions) -> _Reader:
    values, where = source.values, source.where
    first = values.ndim == 4 and _channels_first(values.shape, where, options.channels)
    height, width = values.shape[2:4] if first else values.shape[1:3]

    def payloads() -> Iterator[bytes]:
        for start, block in _blocks(values):
            pixels = _bytes(block, start, where, options.full_scale)
            if pixels.ndim == 3:
                pixels = pixels[..., None]
            elif first:
                pixels = pixels.transpose(0, 2, 3, 1)
            if pixels.shape[3] == 1:
                pixels = np.repeat(pixels, 3, axis=3)
            for picture in np.ascontiguousarray(pixels):
                yield picture.tobytes()

    _check_kind(values.dtype, where, options.full_scale)
    return _Reader("image", payloads, height=int(height), width=int(width))


def _channels_first(shape: tuple[int, ...], where: str, asked: str) -> bool:
    first, last = shape[1] in (1, 3), shape[3] in (1, 3)
    if asked == "auto":
        if first and last:
            raise InputError(
                f"{where}: has the shape {shape_text(shape)}: --set channels=first or last says which "
                "are the channels")
        if not first and not last:
            raise InputError(f"{where}: has the shape {shape_text(shape)}; pictures have 1 or 3 channels")
        return first
    if not (first if asked == "first" else last):
        raise InputError(
            f"{where}: has the shape {shape_text(shape)}, and so with channels={asked} no 1 or 3 channels")
    return asked == "first"


def _check_kind(dtype: Any, where: str, full_scale: float) -> None:
    if dtype.kind not in "biuf":
        raise InputError(f"{where}: holds {dtype}; expected numbers")
    if dtype not in (np.uint8, np.bool_) and full_scale == 0:
        raise InputError(
            f"{where}: holds {dtype}: --set full_scale=1 (or 255, …) says which number is white")


def _bytes(
    block: np.ndarray[Any, Any], start: int, where: str, full_scale: float
) -> np.ndarray[Any, Any]:
    if block.dtype == np.bool_:
        return block.astype(np.uint8) * np.uint8(255)
    if block.dtype == np.uint8 and full_scale in (0, 255):
        return block
    scaled = block.astype(np.float64) * (255 / full_scale)
    _check_range(block, (scaled >= 0) & (scaled <= 255), start, where, f"0 to {full_scale:g}")
    return np.rint(scaled).astype(np.uint8)


def _sounds(
    source: Source, rows: Callable[[], Iterator[np.ndarray[Any, Any]]], options: ArrayOptions,
    kind: Any = None,
) -> _Reader:
    where, dtype = source.where, np.dtype(kind or source.values.dtype)
    if options.rate == 0:
        raise InputError(f"{where}: --set rate=HZ says how many samples of these sounds are a second")
    scale = options.full_scale or {"i2": 32768.0, "f4": 1.0, "f8": 1.0}.get(dtype.str[1:], 0)
    if dtype.kind not in "iuf" or scale == 0:
        raise InputError(f"{where}: holds {dtype}: --set full_scale=NUMBER says what is full scale")

    def payloads() -> Iterator[bytes]:
        start = 0
        for block in rows():
            scaled = block.astype(np.float64) / scale
            _check_range(block, np.abs(scaled) <= 1, start, where, f"±{scale:g}")
            start += len(block)
            for sound in scaled.astype("<f4"):
                yield sound.tobytes()

    return _Reader("audio", payloads, rate=options.rate)


def _check_range(
    block: np.ndarray[Any, Any], good: np.ndarray[Any, Any], start: int, where: str, span: str
) -> None:
    """Refuses what is beyond white or full scale, and what is no number."""
    if not good.all():
        place = tuple(np.argwhere(~good)[0])
        raise InputError(
            f"{where}: {block[place]:g} in row {start + place[0]} is outside {span}; mend it, or set "
            "full_scale to what the numbers mean")


def _blocks(values: Any) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
    """A few rows at a time, and the number of the first."""
    size = max(1, int(np.prod(values.shape[1:])) * values.dtype.itemsize)
    step = max(1, _BLOCK // size)
    for start in range(0, len(values), step):
        yield start, np.asarray(values[start:start + step])
