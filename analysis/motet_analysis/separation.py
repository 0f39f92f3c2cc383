"""How separate data sets and modalities are in feature space, as numbers.

Both measures are of the features themselves, by cosine distance, not of a picture: t-SNE keeps
neighbours, but neither distances nor sizes.
"""

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors

from motet_analysis.embeddings import Embeddings

#: Neighbours of the purity.
NEIGHBOURS = 10


@dataclass(frozen=True)
class Grouping:
    """How separate the samples' groups are; not a number where there is one group alone."""

    #: Mean over samples of (b - a) / max(a, b): a to its own group, b to the nearest other
    #: (Rousseeuw 1987). -1 to 1.
    silhouette: float
    #: Mean share of the nearest neighbours that are of the sample's own group.
    purity: float
    #: What the purity would be if features said nothing of the group.
    chance: float


@dataclass(frozen=True)
class Separation:
    """Of the samples' data sets, and of their modalities."""

    sets: Grouping
    modalities: Grouping
    #: Samples.
    count: int


def separation(embeddings: Embeddings, neighbours: int = NEIGHBOURS) -> Separation:
    """Measures embeddings; `neighbours` is bounded by what there is."""
    features = normalised(embeddings.features)
    # The sample itself is its own nearest, and no neighbour; among equal samples another may come
    # before it.
    count = min(neighbours, len(features) - 1)
    search = NearestNeighbors(n_neighbors=count + 1, metric="cosine", algorithm="brute")
    found = search.fit(features).kneighbors(features, return_distance=False)
    nearest = numpy.array(
        [[other for other in row if other != own][:count] for own, row in enumerate(found)]
    )
    return Separation(
        _grouping(features, embeddings.sets, nearest),
        _grouping(features, embeddings.modality, nearest), len(features),
    )


def normalised(features: NDArray[numpy.float32]) -> NDArray[numpy.float64]:
    """Rows of length 1; rows of zeros stay."""
    own = features.astype(numpy.float64)
    length = numpy.linalg.norm(own, axis=1, keepdims=True)
    result = numpy.zeros_like(own)
    numpy.divide(own, length, out=result, where=length > 0)
    return result


def _grouping(
    features: NDArray[numpy.float64], group: NDArray[numpy.object_], nearest: NDArray[numpy.int_]
) -> Grouping:
    names, codes, sizes = numpy.unique(
        group.astype(str), return_inverse=True, return_counts=True)
    if len(names) < 2:
        return Grouping(numpy.nan, numpy.nan, numpy.nan)
    chance = float((sizes * (sizes - 1)).sum() / (len(group) * (len(group) - 1)))
    # As many groups as samples have no silhouette.
    silhouette = (
        float(silhouette_score(features, codes, metric="cosine"))
        if len(names) < len(group)
        else numpy.nan
    )
    return Grouping(silhouette, float((codes[nearest] == codes[:, None]).mean()), chance)
