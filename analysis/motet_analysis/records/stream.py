"""The stream between the readers here and the importers of Motet (`RecordStream.swift`).

A line of JSON says what comes:

    {"modality": "image", "classes": ["cat", …], "splits": ["train", …], "counts": [[12, …], …]}

with the number of each split's samples of each class. The splits are `null` where the data have
none: then there is one list of counts, and the importer parts the samples. Each record is eight
little-endian words (split, label, height, width, rate, and the bytes of what follows: name, group,
payload), then those. A payload is

- pixels, red, green and blue as bytes, where there is a height;
- Float32 samples of a sound with full scale at ±1, where there is a rate;
- a file of a picture or sound, otherwise.

A word of ones in the place of a split ends the stream.
"""

import json
import struct
from collections.abc import Sequence
from typing import BinaryIO

_HEAD = struct.Struct("<8I")
_END = 0xFFFFFFFF


class RecordWriter:
    """Writes a stream: `begin`, any number of records, `finish`."""

    def __init__(self, out: BinaryIO):
        self._out = out

    def begin(
        self, modality: str, classes: Sequence[str], splits: Sequence[str] | None,
        counts: Sequence[Sequence[int]],
    ) -> None:
        """Says what comes; `counts` has the samples of each class, for each split."""
        head = {
            "modality": modality, "classes": list(classes),
            "splits": None if splits is None else list(splits),
            "counts": [[int(n) for n in own] for own in counts],
        }
        self._out.write(json.dumps(head).encode() + b"\n")

    def add(
        self, split: int, label: int, name: str, payload: bytes, group: str = "", *,
        height: int = 0, width: int = 0, rate: int = 0,
    ) -> None:
        """Writes a record; the name is `FILE#PART`, the file below the folder that is imported."""
        names, groups = name.encode(), group.encode()
        self._out.write(_HEAD.pack(
            split, label, height, width, rate, len(names), len(groups), len(payload)))
        self._out.write(names)
        self._out.write(groups)
        self._out.write(payload)

    def finish(self) -> None:
        """Says that nothing is missing."""
        self._out.write(_HEAD.pack(_END, 0, 0, 0, 0, 0, 0, 0))
        self._out.flush()
