"""Samples in Parquet files as Hugging Face's `datasets` lays them out: a picture or sound a row, its
bytes in a column of structs with `bytes` and `path`, labels beside it; a file called
`train-00000-of-00002.parquet` is of the split train."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from motet_analysis.errors import InputError
from motet_analysis.records.labels import SPLITS, Classes, texts_or_numbers
from motet_analysis.records.stream import RecordWriter

_MODALITIES = {"Image": "image", "Audio": "audio"}
_SPLIT_WORD = re.compile(rf"(?:^|[\W_])({'|'.join(SPLITS)})(?:[\W_]|$)", re.IGNORECASE)
_ROWS = 64


@dataclass(frozen=True)
class ParquetOptions:
    """The options of the importer `parquet` (`Parquet.swift`); no text is as the files say."""

    column: str
    label: str
    group: str
    modality: str


@dataclass(frozen=True)
class _Columns:
    """What is read of each row."""

    samples: str
    is_struct: bool
    modality: str
    label: str
    # Names that the files give to labels.
    classes: list[str] | None
    group: str

    def names(self) -> list[str]:
        return [self.samples, self.label] + ([self.group] if self.group else [])


def stream_parquet(place: Path, options: ParquetOptions, out: RecordWriter) -> None:
    """Writes all samples, file by file in the order of their names, row by row."""
    base = place if place.is_dir() else place.parent
    paths = sorted(place.rglob("*.parquet")) if place.is_dir() else [place]
    if not paths:
        raise InputError(f"{place}: holds no file *.parquet")
    files = [_open(path) for path in paths]
    schema = files[0].schema_arrow
    columns = _columns(paths[0], schema, options)
    for path, file in zip(paths, files, strict=True):
        missing = [name for name in columns.names() if name not in file.schema_arrow.names]
        if missing:
            raise InputError(f"{path}: has no column '{missing[0]}', which {paths[0].name} has")
    values = [_column(path, file, columns.label) for path, file in zip(paths, files, strict=True)]
    classes = Classes(columns.classes) if columns.classes else Classes.of_values(values)
    labels = [
        classes.labels(own, f"{path}: {columns.label}")
        for own, path in zip(values, paths, strict=True)]
    splits = [_split(path.relative_to(base)) for path in paths]
    named = [name for name in dict.fromkeys(SPLITS.values()) if name in splits]
    if named and None in splits:
        stray = paths[splits.index(None)]
        raise InputError(f"{stray}: its name says no split, as others' do (train-…, test-…); rename it")
    counts = [
        np.sum([
            np.bincount(own, minlength=len(classes.names))
            for own, split in zip(labels, splits, strict=True) if split == name], axis=0).tolist()
        for name in (named if named else [None])]
    out.begin(columns.modality, classes.names, named or None, counts)
    for path, file, own, split in zip(paths, files, labels, splits, strict=True):
        groups = (
            _column(path, file, columns.group) if columns.group else np.full(len(own), "", "U1"))
        number = named.index(split) if split else 0
        for row, payload in enumerate(_payloads(path, file, columns)):
            out.add(
                number, int(own[row]), f"{path.relative_to(base)}#{row}", payload, str(groups[row]))


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error


def _columns(path: Path, schema: pa.Schema, options: ParquetOptions) -> _Columns:
    features = _features(schema)
    have = ", ".join(f"{field.name} ({_kind(field, features)})" for field in schema)

    def chosen(asked: str, found: list[str], what: str, key: str) -> str:
        if asked:
            if asked not in schema.names:
                raise InputError(f"{path}: has no column '{asked}'; it has {have}")
            return asked
        if len(found) != 1:
            count = "no column" if not found else f"{len(found)} columns"
            raise InputError(f"{path}: has {count} of {what}; --set {key}=NAME says which; it has {have}")
        return found[0]

    files = [
        field.name for field in schema
        if features.get(field.name, {}).get("_type") in _MODALITIES
        or not features and _holds_files(field.type)]
    samples = chosen(options.column, files, "pictures or sounds", "column")
    kind = schema.field(samples).type
    if not _holds_files(kind):
        raise InputError(f"{path}: the column '{samples}' holds {kind}, not the bytes of files")
    modality = options.modality
    if modality == "auto":
        modality = _MODALITIES.get(features.get(samples, {}).get("_type", ""), "")
        if not modality:
            raise InputError(
                f"{path}: nothing says what '{samples}' holds: --set modality=image or audio")
    named = [
        field.name for field in schema if features.get(field.name, {}).get("_type") == "ClassLabel"]
    if not named:
        named = [name for name in ("label", "labels") if name in schema.names]
    label = chosen(options.label, named, "labels", "label")
    if options.group and options.group not in schema.names:
        raise InputError(f"{path}: has no column '{options.group}'; it has {have}")
    return _Columns(
        samples, pa.types.is_struct(kind), modality, label,
        features.get(label, {}).get("names"), options.group)


def _features(schema: pa.Schema) -> dict[str, dict[str, Any]]:
    """What `datasets` says of each column; nothing where the file is not its."""
    text = (schema.metadata or {}).get(b"huggingface")
    try:
        found = json.loads(text)["info"]["features"] if text else {}
    except (ValueError, KeyError, TypeError):
        return {}
    return {
        name: own for name, own in found.items() if isinstance(own, dict)
    } if isinstance(found, dict) else {}


def _kind(field: pa.Field, features: dict[str, dict[str, Any]]) -> str:
    return str(features.get(field.name, {}).get("_type") or field.type)


def _holds_files(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        names = [kind.field(i).name for i in range(kind.num_fields)]
        return "bytes" in names and _holds_files(kind.field(names.index("bytes")).type)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _column(path: Path, file: pq.ParquetFile, name: str) -> np.ndarray[Any, Any]:
    where = f"{path}: {name}"
    try:
        column = file.read([name]).column(0)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    if column.null_count:
        raise InputError(f"{where}: {column.null_count} of {len(column)} rows have no value")
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_integer(kind) or pa.types.is_boolean(kind)
            or pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise InputError(f"{where}: holds {kind}; expected whole numbers or texts")
    return texts_or_numbers(np.array(column.to_pylist()), where)


def _split(path: Path) -> str | None:
    """Of the file's name, or of the nearest folder's that says one."""
    for part in reversed(path.with_suffix("").parts):
        found = _SPLIT_WORD.search(part)
        if found:
            return SPLITS[found[1].lower()]
    return None


def _payloads(path: Path, file: pq.ParquetFile, columns: _Columns) -> Iterator[bytes]:
    row = 0
    try:
        for batch in file.iter_batches(_ROWS, columns=[columns.samples]):
            for item in batch.column(0):
                value = item["bytes"] if columns.is_struct and item.is_valid else item
                payload = value.as_py()
                if not payload:
                    raise InputError(
                        f"{path}: row {row} of '{columns.samples}' has no bytes; a file that is only "
                        "named is not followed: have datasets embed its files")
                yield payload
                row += 1
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
