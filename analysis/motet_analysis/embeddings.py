"""Features of samples, as `motet embed` wrote and `motet gather --embeddings` copied them."""

from dataclasses import dataclass
from pathlib import Path

import numpy
from numpy.typing import NDArray

from motet_analysis.errors import InputError
from motet_analysis.gathered import attribute, open_gathered


@dataclass(frozen=True)
class Embeddings:
    """Features [N, D] with what is known of each row."""

    features: NDArray[numpy.float32]
    label: NDArray[numpy.int32]
    #: The data set's name.
    data: NDArray[numpy.object_]
    modality: NDArray[numpy.object_]
    #: encoder or projection.
    output: str

    def __len__(self) -> int:
        return len(self.label)

    @property
    def sets(self) -> NDArray[numpy.object_]:
        """Data set and modality of each row, as one word."""
        # A store of pairs has two modalities under one name.
        return numpy.array(
            [f"{data} ({modality})" for data, modality in zip(self.data, self.modality)],
            dtype=object,
        )

    def equal_numbers(self, most: int, seed: int) -> "Embeddings":
        """As many rows of each set, at random: those of the smallest, and at most `most`."""
        sets = self.sets
        names = sorted(set(sets))
        count = min(most, *(int((sets == name).sum()) for name in names))
        random = numpy.random.default_rng(seed)
        rows = numpy.concatenate(
            [
                numpy.sort(random.choice(numpy.flatnonzero(sets == name), count, replace=False))
                for name in names
            ]
        )
        return Embeddings(
            self.features[rows], self.label[rows], self.data[rows], self.modality[rows],
            self.output,
        )


def load(path: Path, run: str, number: int) -> Embeddings:
    """The embeddings of a run after a round, from a gathered file."""
    with open_gathered(path) as file:
        name = f"embeddings/{run}/{number}"
        if name not in file:
            raise InputError(
                f"{path}: there is no /{name}; motet embed --round {number}, then "
                "motet gather --embeddings"
            )
        group = file[name]
        found = Embeddings(
            group["features"][()].astype(numpy.float32), group["label"][()], group["data"].asstr()[()],
            group["modality"].asstr()[()], attribute(group, "features"),
        )
    if found.features.ndim != 2 or not len(found):
        raise InputError(f"{path}: /{name}/features is not [samples, features]; gather again")
    if not numpy.isfinite(found.features).all():
        raise InputError(f"{path}: /{name}/features has values that are no numbers")
    return found
