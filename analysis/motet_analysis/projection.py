"""t-SNE of features (van der Maaten and Hinton 2008), with perplexity 30."""

from typing import cast

import numpy
from numpy.typing import NDArray
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from motet_analysis.embeddings import Embeddings
from motet_analysis.errors import InputError
from motet_analysis.separation import normalised

PERPLEXITY = 30


def tsne(
    embeddings: Embeddings, perplexity: float = PERPLEXITY, seed: int = 1
) -> NDArray[numpy.float32]:
    """Positions [N, 2] of normalised features, from their principal components. On one machine the
    same features have the same positions."""
    if perplexity >= len(embeddings):
        raise InputError(
            f"{len(embeddings)} samples are too few for a perplexity of {perplexity:g}; embed more, "
            "or give --perplexity"
        )
    model = TSNE(
        n_components=2, perplexity=perplexity, init="pca", learning_rate="auto",
        random_state=seed,
    )
    # A few threads gain little on a thousand samples, and lose much where others use the cores.
    with threadpool_limits(limits=1):
        return cast(
            NDArray[numpy.float32], model.fit_transform(normalised(embeddings.features)))
